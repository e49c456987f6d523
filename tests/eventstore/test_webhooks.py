"""A webhook from the run's creation to its delivery: at least once, signed, patient, never to a forbidden place."""

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from psycopg.rows import DictRow

from duragraph_ext.api.run_shapes import as_run
from duragraph_ext.core import Core
from duragraph_ext.core.commands.cancellation import cancel_run
from duragraph_ext.core.commands.runs import NewRun, create_run
from duragraph_ext.core.commands.threads import NewThread, create_thread, delete_thread
from duragraph_ext.core.domain.principal import LOCAL
from duragraph_ext.core.domain.run_kwargs import Merged, run_kwargs
from duragraph_ext.core.domain.webhooks import WebhookPolicy, origin, sign
from duragraph_ext.core.duties.sending import ANSWER_BYTES, NotAccepted, Sender
from duragraph_ext.core.duties.webhooks import CONCURRENT, MAX_ATTEMPTS, Webhooks
from duragraph_ext.core.eventstore.store import sql
from duragraph_ext.core.queries.webhooks import webhook_backlog
from tests.eventstore.test_runs import finish, one_claim
from tests.support.hooks import Hooks, hooks
from tests.support.waiting import soon

SECRET = b"a secret of thirty-two bytes....."
LOOPBACK = WebhookPolicy(require_https=False, disable_loopback=False, headers={"x-mine": "canary"}, secret=SECRET)
ENDLESS = "https://93.184.216.34/x"


@pytest.fixture
def target() -> Iterator[Hooks]:
    with hooks() as server:
        yield server


@asynccontextmanager
async def delivering(core: Core, **options: Any) -> AsyncIterator[Webhooks]:
    """The duty at work, its back-off shortened."""
    policy, more = options.pop("policy", LOOPBACK), options
    duty = Webhooks(core, as_run, Sender(policy, **more))
    duty.backoff = 0.001

    async def lead() -> None:
        while True:
            pause = await duty.work()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(pause, 0.05)):
                    await duty.wake.wait()
            duty.wake.clear()

    task = asyncio.create_task(lead())
    try:
        yield duty
    finally:
        task.cancel()
        await asyncio.wait([task])
        await duty.stop()


async def new_run(core: Core, webhook: str, thread_id: UUID | None = None, **more: Any) -> dict[str, Any]:
    merged = Merged({"configurable": {}}, {}, {})
    kwargs = run_kwargs(
        {"input": {"x": 1}}, merged, checkpoint=None, webhook=origin(webhook), temporary=False, streaming=False,
        durability="sync",
    )  # fmt: skip
    return (await create_run(core, LOCAL, NewRun("g", kwargs, thread_id=thread_id, webhook=webhook, **more))).run


async def delivery(core: Core, run: dict[str, Any]) -> DictRow:
    (row,) = await core.db.fetch("SELECT * FROM webhook_deliveries WHERE run_id = %s", (run["run_id"],))
    return row


async def over(core: Core, run: dict[str, Any], status: str) -> DictRow:
    async def ended() -> DictRow | None:
        row = await delivery(core, run)
        return row if row["status"] == status else None

    found = await soon(ended, 20, f"a {status} delivery")
    assert found is not None
    return found


async def log_of(core: Core, row: DictRow) -> list[tuple[str, bytes]]:
    events = await core.db.fetch("SELECT type, payload FROM events WHERE stream_id = %s", (row["delivery_id"],))
    return [(event["type"], event["payload"].data) for event in events]


async def test_a_run_that_ends_is_told_of_once_signed_and_whole(core: Core, worker_id: UUID, target: Hooks) -> None:
    thread = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    run = await new_run(core, f"{target.url}/ok?token=canary", thread, metadata={"m": 1})
    async with delivering(core):
        granted = await one_claim(core, worker_id, run)
        assert (await delivery(core, run))["status"] == "waiting"
        await finish(core, granted)
        row = await over(core, run, "sent")
    (call,) = target.calls
    body = call.json
    assert call.path == "/ok?token=canary"
    assert call.headers["content-type"] == "application/json"
    assert call.headers["x-mine"] == "canary"
    assert call.headers["host"] == f"127.0.0.1:{target.port}"
    assert call.headers["webhook-id"] == str(row["delivery_id"])
    stamp = int(call.headers["webhook-timestamp"])
    assert call.headers["webhook-signature"] == sign(SECRET, str(row["delivery_id"]), stamp, call.body)
    assert {"run_id", "thread_id", "assistant_id", "metadata", "status", "kwargs", "created_at", "updated_at",
            "run_started_at", "run_ended_at", "webhook_sent_at", "values"} <= set(body)  # fmt: skip
    assert (body["run_id"], body["status"], body["metadata"]["m"]) == (str(run["run_id"]), "success", 1)
    assert "error" not in body
    assert row["body"] is None
    ((event, payload),) = await log_of(core, row)
    assert event == "webhook.sent"
    assert b'"status_code":200' in payload
    for table in ("events", "outbox", "runs"):
        assert await core.db.fetch(f"SELECT 1 FROM {table} t WHERE t::text LIKE '%%canary%%'") == [], table


async def test_failures_are_tried_again_with_the_same_bytes(core: Core, worker_id: UUID, target: Hooks) -> None:
    run = await new_run(core, f"{target.url}/fail/3")
    async with delivering(core):
        await finish(core, await one_claim(core, worker_id, run), "error", "error")
        row = await over(core, run, "sent")
    assert row["attempts"] == len(target.calls) == 4
    assert len({call.body for call in target.calls}) == 1
    assert len({call.headers["webhook-id"] for call in target.calls}) == 1
    assert target.calls[0].json["status"] == "error"


async def test_what_never_works_is_given_up_with_the_reason(core: Core, worker_id: UUID, target: Hooks) -> None:
    runs = [await new_run(core, f"{target.url}{path}") for path in ("/fail/99", "/redirect")]
    async with delivering(core):
        for run in runs:
            await finish(core, await one_claim(core, worker_id, run))
        rows = [await over(core, run, "dead") for run in runs]
    assert [row["attempts"] for row in rows] == [MAX_ATTEMPTS, MAX_ATTEMPTS]
    assert [row["last_error"] for row in rows] == ["status 503", "status 302"]
    assert target.of("/redirected") == []
    ((event, payload),) = await log_of(core, rows[0])
    assert event == "webhook.failed"
    assert b"status 503" in payload
    assert await webhook_backlog(core) == (0, 2)


async def test_a_try_that_takes_long_is_not_made_twice_at_once(
    core: Core, worker_id: UUID, target: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duragraph_ext.core.duties.sending.SECONDS", 0.5)
    run = await new_run(core, f"{target.url}/slow")
    await finish(core, await one_claim(core, worker_id, run))
    async with delivering(core) as duty:
        duty.backoff = 60.0
        await soon(lambda: target.calls)

        async def failed() -> bool:
            return (await delivery(core, run))["last_error"] is not None

        await soon(failed, 20)
        assert len(target.calls) == 1
    await core.db.execute("UPDATE webhook_deliveries SET status = 'dead'")


async def test_a_last_try_that_a_crash_broke_off_is_not_made_again(core: Core, worker_id: UUID, target: Hooks) -> None:
    run = await new_run(core, f"{target.url}/ok")
    await finish(core, await one_claim(core, worker_id, run))
    await core.db.execute("UPDATE webhook_deliveries SET attempts = %s", (MAX_ATTEMPTS,))
    async with delivering(core):
        row = await over(core, run, "dead")
    assert row["last_error"] == "the last try was broken off"
    assert target.calls == []


async def test_a_back_off_grows(core: Core, worker_id: UUID, target: Hooks) -> None:
    run = await new_run(core, f"{target.url}/fail/99")
    await finish(core, await one_claim(core, worker_id, run))
    duty = Webhooks(core, as_run, Sender(LOOPBACK))
    waits = []
    for _ in range(4):
        await core.db.execute("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status = 'due'")
        await duty.work()
        await soon(lambda: not duty._sending)
        (row,) = await core.db.fetch("SELECT extract(epoch FROM next_attempt_at - now()) AS s FROM webhook_deliveries")
        waits.append(float(row["s"]))
    await duty.stop()
    for wait, longest in zip(waits, (1, 4, 16, 64), strict=True):
        assert wait <= longest * 1.1
    assert waits[-1] > 20


async def test_a_slow_target_keeps_nobody_waiting(core: Core, worker_id: UUID, target: Hooks) -> None:
    with hooks() as other:
        slow = [await new_run(core, f"{target.url}/slow") for _ in range(CONCURRENT)]
        quick = await new_run(core, f"{other.url}/ok")
        for run in [*slow, quick]:
            await finish(core, await one_claim(core, worker_id, run))
        async with delivering(core):
            await over(core, quick, "sent")
            assert await core.db.fetch("SELECT 1 FROM webhook_deliveries WHERE last_error IS NOT NULL") == []
    await core.db.execute("UPDATE webhook_deliveries SET status = 'dead' WHERE status = 'due'")


async def test_a_silent_target_is_left_after_the_deadline(target: Hooks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duragraph_ext.core.duties.sending.SECONDS", 0.2)
    sender = Sender(LOOPBACK)
    with pytest.raises(NotAccepted, match="no answer within"):
        await sender.send(f"{target.url}/slow", "id", b"{}")
    await sender.close()


async def test_a_flood_is_cut_off(target: Hooks) -> None:
    sender = Sender(LOOPBACK)
    assert await sender.send(f"{target.url}/flood", "id", b"{}") == 200
    await soon(lambda: target.sent)
    assert target.sent < ANSWER_BYTES * 300
    await sender.close()


async def test_nothing_listening_is_a_failure_like_any(core: Core, worker_id: UUID, target: Hooks) -> None:
    sender = Sender(LOOPBACK)
    with pytest.raises(NotAccepted, match="ConnectError"):
        await sender.send("http://127.0.0.1:9/x", "id", b"{}")
    await sender.close()


async def test_a_name_that_turns_inwards_is_refused_at_delivery(core: Core, worker_id: UUID, target: Hooks) -> None:
    answers = {"first.example": ["127.0.0.1"], "later.example": ["10.0.0.1"]}

    async def resolver(host: str, port: int) -> list[str]:
        return answers[host]

    fine = await new_run(core, f"http://first.example:{target.port}/ok")
    rebound = await new_run(core, f"http://later.example:{target.port}/ok")
    for run in (fine, rebound):
        await finish(core, await one_claim(core, worker_id, run))
    async with delivering(core, resolver=resolver):
        await over(core, fine, "sent")
        row = await over(core, rebound, "dead")
    assert row["last_error"] == "Webhook host blocked: blocked IP range"
    assert row["attempts"] == 1
    assert [call.headers["host"] for call in target.calls] == [f"first.example:{target.port}"]


async def test_the_default_policy_never_calls_loopback(core: Core, worker_id: UUID, target: Hooks) -> None:
    run = await new_run(core, f"{target.url}/ok")
    await finish(core, await one_claim(core, worker_id, run))
    async with delivering(core, policy=WebhookPolicy(require_https=False)):
        row = await over(core, run, "dead")
    assert row["last_error"] == "Webhook host blocked: loopback IP range"
    assert target.calls == []


async def test_a_name_is_kept_in_tls_while_the_checked_address_is_connected_to(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "hook.example")

    async def resolver(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    policy = replace(LOOPBACK, require_https=True)
    with hooks(server) as target:
        sender = Sender(policy, resolver, client)
        assert await sender.send(f"https://hook.example:{target.port}/ok", "id", b"{}") == 200
        assert target.calls[0].headers["host"] == f"hook.example:{target.port}"
        with pytest.raises(NotAccepted, match="ConnectError"):
            await sender.send(f"https://other.example:{target.port}/ok", "id", b"{}")
        await sender.close()


async def test_a_cancelled_run_and_one_taken_back_are_told_of(core: Core, worker_id: UUID, target: Hooks) -> None:
    thread = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    running = await new_run(core, f"{target.url}/cancelled", thread)
    await one_claim(core, worker_id, running)
    await cancel_run(core, LOCAL, thread, running["run_id"])
    back = await new_run(core, f"{target.url}/back", thread)
    await one_claim(core, worker_id, back)
    await cancel_run(core, LOCAL, thread, back["run_id"], "rollback")
    gone = await new_run(core, f"{target.url}/gone", thread)
    await one_claim(core, worker_id, gone)
    await delete_thread(core, LOCAL, thread)
    async with delivering(core):
        for run in (running, back, gone):
            await over(core, run, "sent")
    told = {call.path: call.json for call in target.calls}
    assert (told["/cancelled"]["status"], told["/cancelled"]["error"]["error"]) == ("interrupted", "UserInterrupt")
    assert (told["/back"]["status"], told["/back"]["values"]) == ("rollback", None)
    assert (told["/gone"]["status"], told["/gone"]["values"]) == ("interrupted", None)


async def test_a_run_without_a_webhook_leaves_no_trace(core: Core, worker_id: UUID) -> None:
    run = (await create_run(core, LOCAL, NewRun("g", {}))).run
    await finish(core, await one_claim(core, worker_id, run))
    assert await core.db.fetch("SELECT 1 FROM webhook_deliveries") == []


async def test_a_webhook_comes_with_a_thread_that_was_deleted_and_is_made_anew(core: Core) -> None:
    thread = (await create_thread(core, LOCAL, NewThread()))["thread_id"]
    await delete_thread(core, LOCAL, thread)
    run = await new_run(core, ENDLESS, thread, if_not_exists="create")
    assert (await delivery(core, run))["status"] == "waiting"


async def test_a_claim_is_cheap_among_many(core: Core) -> None:
    """The plans stand on the partial indexes: what is sent or waits for a long time costs nothing."""
    await core.db.execute(
        "INSERT INTO webhook_deliveries (delivery_id, run_id, tenant_id, owner, url, host, status)"
        " SELECT gen_random_uuid(), gen_random_uuid(), 'default', 'jupyter', 'u', 'h', 'sent'"
        " FROM generate_series(1, 5000)"
    )
    await core.db.execute("ANALYZE webhook_deliveries")
    rows = await core.db.fetch("EXPLAIN " + sql("webhooks", "ripen"))
    assert any("webhook_deliveries_waiting" in row["QUERY PLAN"] for row in rows)
    await core.db.execute("DELETE FROM webhook_deliveries")


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for a name, and a client's that trusts it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    client = ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())
    return server, client
