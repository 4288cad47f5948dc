"""What a plugin's code does during discovery hurts nobody."""

import os
import signal
import threading

import pytest

from tmws_core.errors import PluginError
from tmws_core.import_guard import guarded


def test_an_error_becomes_a_plugin_error_with_its_type() -> None:
    with pytest.raises(PluginError, match="KeyError: 'missing'"), guarded(5):
        raise KeyError("missing")


def test_a_plugin_error_stays_what_it_is() -> None:
    mistake = PluginError("tmws_models returned 42")
    with pytest.raises(PluginError) as raised, guarded(5):
        raise mistake
    assert raised.value is mistake


def test_an_interrupt_by_the_operator_is_not_swallowed() -> None:
    with pytest.raises(KeyboardInterrupt), guarded(5):
        raise KeyboardInterrupt


def test_leaving_the_process_is_refused() -> None:
    with pytest.raises(PluginError, match=r"it called sys.exit\('bye'\); a plugin must not end the server"), guarded(5):
        raise SystemExit("bye")


def test_too_long_is_told_in_seconds() -> None:
    with pytest.raises(PluginError, match=r"longer than 0\.05 s; raise TMWS_PLUGIN_IMPORT_SECONDS"), guarded(0.05):
        signal.pause()


def test_a_timer_that_somebody_else_had_set_still_runs() -> None:
    rung = threading.Event()
    former = signal.signal(signal.SIGALRM, lambda *_: rung.set())
    signal.setitimer(signal.ITIMER_REAL, 60)
    try:
        with guarded(5):
            pass
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60
        assert signal.getsignal(signal.SIGALRM) is not former
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def test_standard_output_is_diverted_below_python_too(capfd: pytest.CaptureFixture[str]) -> None:
    with guarded(5):
        os.write(1, b"from C code\n")
        print("from Python")
    assert capfd.readouterr() == ("", "from C code\nfrom Python\n")


def test_standard_output_is_itself_again_afterwards(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PluginError), guarded(5):
        raise ValueError
    os.write(1, b"the protocol\n")
    assert capfd.readouterr().out == "the protocol\n"


def test_another_thread_is_guarded_without_a_time_limit() -> None:
    raised: list[PluginError] = []

    def work() -> None:
        try:
            with guarded(5):
                raise ValueError("in a thread")
        except PluginError as error:
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [str(error) for error in raised] == ["ValueError: in a thread"]
