"""The office reads about an applicant in the third person what the applicant is told in the second."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2 as pb

from tests.services.dossiers.world import (
    HOA,
    SAU,
    World,
    refused,
)


def test_the_office_reads_of_the_applicant_what_the_applicant_is_told(world: World) -> None:
    id = world.accepted()  # filed by a grandfather
    world.ask(id, "/child/full_name")
    told = {
        who.name: [
            (shown := world.get(id, who)).waits_for,
            *(each.text for each in shown.findings),
            *(each.text for each in world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), who).entries),
        ]
        for who in (SAU, HOA)
    }
    agreement = "thống nhất mọi nội dung trước khi nộp", "phải thống nhất nội dung với cha mẹ của trẻ"
    for who, words in zip((SAU, HOA), agreement, strict=True):
        assert any(words in text for text in told[who.name]), told[who.name]
    assert "Đang chờ ông/bà bổ sung" in told[SAU.name][0]
    assert "Đang chờ người yêu cầu bổ sung" in told[HOA.name][0]
    assert "Ông/bà đã nộp hồ sơ." in told[SAU.name]
    assert "Người yêu cầu đã nộp hồ sơ." in told[HOA.name]
    assert not [text for text in told[HOA.name] if "ông/bà" in text.lower()]


def test_a_filing_at_the_counter_is_refused_in_words_for_the_office(world: World) -> None:
    draft = world.ready(HOA, "counter", requester={"relation": "mother", "full_name": "Lê Thị Khác", "residence": ""})
    said = [each.text for each in world.get(draft.id, HOA).findings]
    no = refused(lambda: world.submit_at_counter(draft.id))
    texts = [*said, *(fault.text for fault in no.fields)]
    assert "Người yêu cầu khai mình là mẹ của trẻ" in " ".join(texts)
    assert "Xin ghi nơi ở của người yêu cầu." in texts
    assert not [text for text in texts if "ông/bà" in text.lower()]
