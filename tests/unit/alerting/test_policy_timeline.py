"""Whom a policy notifies at a moment: stage by stage, with who is on duty when each is due."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from alerting.domain.notification.policy_timeline import PolicyTimeline, policy_timeline
from alerting.domain.notification.recipients import Directory
from registry.domain.index import Index
from registry.model.contacts import Contact
from registry.model.policies import COMMAND_CENTER, Policy
from registry.model.registry import Registry

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SUNDAY_AT_TWO = datetime(2026, 11, 29, 2, tzinfo=HANOI)

REGISTRY = Registry.model_validate(
    {
        "contacts": [
            {"id": "an", "name": "Ông An", "phone": "0912345678", "email": "an@example.vn"},
            {"id": "binh", "name": "Bà Bình", "phone": "0912345679"},
            {"id": "dem", "name": "Anh Đêm", "phone": "0912345670"},
            {"id": "ngay", "name": "Anh Ngày", "phone": "0912345671"},
        ],
        "rosters": [
            {
                "id": "truc",
                "name": "Trực ban",
                "handover_s": 0,
                "shifts": [
                    {"begin": "18:00", "end": "02:01", "who": ["dem"]},
                    {"begin": "02:01", "end": "17:00", "who": ["ngay"]},
                ],
            }
        ],
        "policies": [
            {
                "id": "chuan",
                "answer_s": 30,
                "stages": [
                    {"after_s": 0, "notify": ["premises", "truc"], "channels": ["sms"]},
                    {"after_s": 120, "notify": ["truc"]},
                ],
            }
        ],
        "areas": [{"id": "xa", "name": "Xã"}],
        "premises": [
            {"id": "cho", "name": "Chợ", "area": "xa", "policy": "chuan", "people": ["an", "binh"]}
        ],
    }
)


def told(moment: datetime, premises: str | None = "cho") -> PolicyTimeline:
    center = Contact.model_validate({"id": COMMAND_CENTER, "name": "Trung tâm", "topic": "trung-tam"})
    index = Index(REGISTRY)
    policy = index.policy_named("chuan")
    assert isinstance(policy, Policy)
    return policy_timeline(
        Directory(index, center, call="114"), policy, premises=premises, moment=moment
    )


def names(timeline: PolicyTimeline) -> list[tuple[float, list[str]]]:
    return [
        (each.stage.after / 1e6, [person.contact for person in each.people]) for each in timeline.stages
    ]


def test_each_stage_has_who_is_on_duty_when_it_is_due() -> None:
    assert names(told(SUNDAY_AT_TWO)) == [
        (0.0, ["dem", "an"]),
        (30.0, ["binh"]),
        (120.0, ["ngay"]),
    ]


def test_a_hole_in_a_roster_is_the_command_center() -> None:
    in_the_hole = told(SUNDAY_AT_TWO.replace(hour=17, minute=30))
    assert names(in_the_hole)[0] == (0.0, [COMMAND_CENTER, "an"])


def test_a_person_is_reached_by_the_channels_of_the_stage_that_the_person_has() -> None:
    stages = told(SUNDAY_AT_TWO).stages
    assert [person.channels for person in stages[0].people] == [("sms",), ("sms",)]
    assert told(SUNDAY_AT_TWO.astimezone(UTC)).stages == stages


def test_without_premises_a_word_stands_for_their_people() -> None:
    assert names(told(SUNDAY_AT_TWO, premises=None))[0] == (0.0, ["dem", "premises"])
