"""A file in the shape of LoCoMo, with two short conversations."""

import json
from pathlib import Path
from typing import Any

import pytest


def _turn(identifier: str, speaker: str, text: str, **more: str) -> dict[str, str]:
    return {"speaker": speaker, "dia_id": identifier, "text": text, **more}


def _question(text: str, category: int, *evidence: str) -> dict[str, Any]:
    return {"question": text, "answer": "as it was said", "evidence": list(evidence), "category": category}


@pytest.fixture
def locomo_document() -> list[dict[str, Any]]:
    return [
        {
            "sample_id": "conv-26",
            "conversation": {
                "speaker_a": "Ann",
                "speaker_b": "Bob",
                "session_10_date_time": "9:00 am on 3 August, 2023",
                "session_10": [
                    _turn("D10:1", "Bob", "My sister moved to Lisbon."),
                    _turn("D10:2", "Ann", "The kitten sleeps in my violin case now."),
                ],
                "session_1_date_time": "1:56 pm on 8 May, 2023",
                "session_1": [
                    _turn("D1:1", "Ann", "I adopted a ginger kitten."),
                    _turn("D1:2", "Bob", "Congratulations, how lovely!"),
                ],
                "session_2_date_time": "4:10 pm on 20 May, 2023",
                "session_2": [
                    _turn("D2:1", "Bob", "Look at this!", blip_caption="a red bicycle in the snow", query="bicycle")
                ],
                "session_11_date_time": "a session of which nothing is written down",
            },
            "qa": [
                _question("Where does the kitten sleep?", 4, "D10:2"),
                _question("Which kitten of Ann's sleeps in a violin case?", 1, "D1:1; D10:02", "D7:9"),
                _question("When did Bob show a bicycle?", 2, "D2:1"),
                _question("Would Ann like dogs?", 3),
            ],
            "event_summary": {},
        },
        {
            "sample_id": "conv-43",
            "conversation": {
                "speaker_a": "Cid",
                "speaker_b": "Dot",
                "session_1_date_time": "noon on 1 June, 2023",
                "session_1": [
                    _turn("D1:1", "Cid", "We climbed the old lighthouse."),
                    _turn("D1:2", "Dot", "I stayed at home and baked bread."),
                ],
            },
            "qa": [_question("Who climbed the lighthouse?", 5, "D1:1")],
        },
    ]


@pytest.fixture
def locomo_file(tmp_path: Path, locomo_document: list[dict[str, Any]]) -> Path:
    file = tmp_path / "locomo.json"
    file.write_text(json.dumps(locomo_document))
    return file
