"""Where webhooks may go, what langgraph.json may say of them, and what their signature is."""

import base64
import hashlib
import hmac
from typing import Any

import pytest

from duragraph_ext.core.commands.webhook_targets import Unresolved, find_target
from duragraph_ext.core.domain.errors import Invalid
from duragraph_ext.core.domain.webhooks import Blocked, WebhookPolicy, origin, read_policy, read_secret, sign

ANY_SCHEME = WebhookPolicy(require_https=False)
REFUSED = [
    "http://127.0.0.1/x", "http://127.1/", "http://127.255.255.254/", "http://2130706433/", "http://0x7f000001/",
    "http://0x7f.1/", "http://0177.0.0.1/", "http://017700000001/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[0:0:0:0:0:0:0:1]/", "http://localhost/",
    "http://LOCALHOST./", "http://x.localhost/", "http://0.0.0.0/", "http://0/", "http://[::]/", "http://10.0.0.1/",
    "http://172.16.5.4/", "http://172.31.255.255/", "http://192.168.1.1/", "http://3232235777/",
    "http://169.254.169.254/latest/meta-data/", "http://0xa9fea9fe/", "http://[::ffff:169.254.169.254]/",
    "http://100.64.0.1/", "http://100.127.255.255/", "http://[fd00::1]/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/",
    "http://[fec0::1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/", "http://224.0.0.1/", "http://255.255.255.255/", "http://192.0.2.1/",
    "http://198.18.0.1/", "http://metadata.google.internal/", "http://metadata/", "ftp://93.184.216.34/", "file:///etc/passwd",
    "gopher://93.184.216.34/", "javascript:alert(1)", "/relative", "//93.184.216.34/", "not a url", "http://", "http:///x",
    "http://93.184.216.34:99999/", "http://999.1.1.1/", "http://0x100000000/", "http://93.184.216.34/" + "a" * 5000,
    "http://user@127.0.0.1/", "http://93.184.216.34@127.0.0.1/", "http://①②⑦.0.0.1/", "http://127。0。0。1/",
]  # fmt: skip


async def nowhere(host: str, port: int) -> list[str]:
    raise OSError(host)


@pytest.mark.parametrize("url", REFUSED)
async def test_no_form_of_a_forbidden_address_gets_through(url: str) -> None:
    async def anywhere(host: str, port: int) -> list[str]:
        return ["93.184.216.34"]

    with pytest.raises(Blocked):
        await find_target(ANY_SCHEME, url, anywhere)


@pytest.mark.parametrize(
    "url", ["http://93.184.216.34/x?a=b", "https://8.8.8.8:8443/", "http://[2606:4700::1111]/", "https://u:p@1.1.1.1/"]
)
async def test_public_addresses_are_allowed(url: str) -> None:
    parsed, addresses = await find_target(ANY_SCHEME, url, nowhere)
    assert str(addresses[0]) == parsed.host


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:10.0.0.1"], ["fe80::1%eth0"]]
)
async def test_a_name_is_as_bad_as_its_worst_address(answer: list[str]) -> None:
    async def resolver(host: str, port: int) -> list[str]:
        assert host == "hook.example"
        return answer

    with pytest.raises(Blocked):
        await find_target(ANY_SCHEME, "http://hook.example/x", resolver)


async def test_a_name_of_nothing_is_refused_for_now() -> None:
    with pytest.raises(Unresolved, match="DNS resolution failed"):
        await find_target(ANY_SCHEME, "http://hook.example/x", nowhere)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://8.8.8.8/", "Webhook must use https"),
        ("https://9.9.9.9/", "Webhook domain not allowed"),
        ("https://8.8.8.8:99/", "Webhook port 99 not allowed"),
        ("https://8.8.8.8/" + "a" * 40, "Webhook URL too long"),
        ("https://ok.test/", "Webhook domain not allowed"),
        ("https://notok.test/", "Webhook domain not allowed"),
    ],
)
def test_what_langgraph_json_forbids_is_said_as_the_reference_says_it(url: str, message: str) -> None:
    config = {"url": {"allowed_domains": ["*.ok.test", "8.8.8.8"], "allowed_ports": [443, 8443], "max_url_length": 40}}
    policy = read_policy(config, {})
    with pytest.raises(Blocked, match=f"^{message}$"):
        policy.check_url(url)
    assert policy.check_url("https://a.OK.test:8443/").host == "a.ok.test"


def test_loopback_is_allowed_when_it_is_asked_for_and_nothing_else_with_it() -> None:
    policy = read_policy({"url": {"disable_loopback": False, "require_https": False}}, {})
    for url in ("http://127.0.0.1:8000/", "http://[::1]/", "http://localhost/"):
        policy.check_url(url)
    for url in ("http://10.0.0.1/", "http://169.254.169.254/", "http://0.0.0.0/"):
        with pytest.raises(Blocked):
            policy.check_url(url)


def test_headers_are_filled_from_variables_with_the_prefix() -> None:
    config = {"headers": {"x-static": "s", "authorization": "Bearer ${{ env.LG_WEBHOOK_TOKEN }}!"}}
    policy = read_policy(config, {"LG_WEBHOOK_TOKEN": "canary"})
    assert policy.headers == {"x-static": "s", "authorization": "Bearer canary!"}
    assert "canary" not in repr(policy)
    policy = read_policy({"env_prefix": "MY_", "headers": {"x": "${{env.MY_X}}"}}, {"MY_X": "y"})
    assert policy.headers == {"x": "y"}


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"headers": {"a": "${{ env.OTHER }}"}}, "webhooks.headers.a"),
        ({"headers": {"a": "${{ env.LG_WEBHOOK_MISSING }}"}}, "webhooks.headers.a"),
        ({"headers": {"a": "${{ secrets.X }}"}}, "webhooks.headers.a"),
        ({"headers": {"a": 1}}, "webhooks.headers.a"),
        ({"headers": {"a": "x\r\ny: z"}}, "webhooks.headers.a"),
        ({"headers": {"a b": "x"}}, "webhooks.headers.a b"),
        ({"headers": {"Host": "x"}}, "webhooks.headers.Host"),
        ({"headers": {"webhook-id": "x"}}, "webhooks.headers.webhook-id"),
        ({"headers": []}, "webhooks.headers"),
        ({"url": {"bogus": 1}}, "webhooks.url.bogus"),
        ({"url": {"require_https": "yes"}}, "webhooks.url.require_https"),
        ({"url": {"allowed_ports": ["443"]}}, "webhooks.url.allowed_ports"),
        ({"url": {"allowed_ports": [True]}}, "webhooks.url.allowed_ports"),
        ({"url": {"allowed_domains": "x"}}, "webhooks.url.allowed_domains"),
        ({"url": {"max_url_length": "9"}}, "webhooks.url.max_url_length"),
        ({"other": 1}, "webhooks.other"),
        ([], "webhooks"),
    ],
)
def test_a_configuration_that_says_nonsense_is_refused_by_name(config: Any, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_policy(config, {"OTHER": "canary"})
    assert caught.value.field == field
    assert "canary" not in str(caught.value)


def test_an_origin_has_no_secret() -> None:
    assert origin("https://user:canary@hook.example:8443/canary?token=canary#canary") == "https://hook.example:8443"
    assert origin("http://[::1]:80/x") == "http://[::1]"


def test_the_signature_is_that_of_standard_webhooks() -> None:
    secret = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
    key = read_secret(secret + "\n")
    assert key == b"0123456789abcdef0123456789abcdef"
    wanted = hmac.new(key, b"msg_1.1700000000.{}", hashlib.sha256).digest()
    assert sign(key, "msg_1", 1700000000, b"{}") == "v1," + base64.b64encode(wanted).decode()
    assert read_secret("a plain text of enough length") == b"a plain text of enough length"
    for short in ("", "short", "whsec_AAAA", "whsec_!!!"):
        with pytest.raises(ValueError):  # noqa: PT011 - base64's own error is one
            read_secret(short)
