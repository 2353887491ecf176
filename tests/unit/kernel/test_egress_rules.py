"""Which addresses may be called: the corpus of tricks, judged without asking anybody."""

import pytest

from tracker.kernel.egress_rules import (
    EgressRefused,
    check_addresses,
    parse_openings,
    parse_target,
)


def _words(text: str) -> list[str]:
    return text.split()


INNER = _words("""
    127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.0.1
    169.254.169.254 169.254.170.2 100.64.0.0 100.64.0.1 100.127.255.255 100.100.100.200 192.0.0.192
    168.63.129.16 192.88.99.1 198.18.0.1 198.19.255.255 192.0.2.1 198.51.100.1 203.0.113.1
    224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
    ::1 :: ::ffff:127.0.0.1 ::ffff:a9fe:a9fe ::ffff:1.1.1.1 ::127.0.0.1 ::ffff:0:7f00:1
    64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::7f00:1 2002:7f00:1:: 2002:a9fe:a9fe::1
    2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 3fff::1
    5f00::1 100::1 fe80::1 fec0::1 fc00::1 fd00:ec2::254 ff02::1
""")
OUTER = _words("""
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.254 100.128.0.1 168.63.129.15 172.15.255.255
    172.32.0.1 192.0.1.1 198.17.255.255 198.20.0.1 223.255.255.255 2606:4700:4700::1111
    2a00:1450:4007:80e::200e 2001:4860:4860::8888
""")
# What each may be called with is another matter: these can be read in one way only, or not at all.
UNREADABLE = [
    *("", " ", "good.example", "//good.example/", "http:good.example", "http:127.0.0.1/"),
    *("http:///127.0.0.1/", "http:/127.0.0.1/", "http://", "http:///", "http://:80/"),
    *("http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/"),
    *("http://0x7f.1/", "http://017700000001/", "http://0/", "http://3232235521/"),
    *("http://127.0.0.1./", "http://127.0.0.01/", "http://1.2.3.4.5/", "http://256.1.1.1/"),
    *("http://good.example.1/", "http://good.0x1/", "http://0x/"),
    *("http://good.example@127.0.0.1/", "http://u:p@good.example/", "http://@good.example/"),
    *("http://127.0.0.1\\@good.example/", "http://good.example\\@127.0.0.1/"),
    *("http://127.0.0.1#@good.example/", "https://good.example/#x", "https://good.example/a\\b"),
    *(" http://127.0.0.1/", "\thttp://127.0.0.1/", "\rhttp://127.0.0.1/", "\nhttp://127.0.0.1/"),
    *("http://good.example/\n", "http://good.example /", "http://good.example/a b", "http://a\0b/"),
    *("http://127.0.0.1\t/", "http://good\u2028.example/", "http://good.example/\u202e"),
    *("file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "ftp://good.example/"),
    *("dict://good.example:11211/", "javascript:alert(1)", "data:text/html,x", "unix://x/"),
    *("http+unix://%2Fvar%2Frun/", "ws://good.example/", "httpss://good.example/"),
    *("https://good.example/%0d%0aHost:%20x", "https://good.example/%00", "https://a.example/%0A"),
    *("http://[fe80::1%25lo]/", "http://[fe80::1%lo]/", "http://[::1", "http://::1/", "http://[]/"),
    *("http://[127.0.0.1]/", "http://[::1]x/", "http://[v1.x]/", "http://%31%32%37.0.0.1/"),
    *("http://good.example:0/", "http://good.example:65536/", "http://good.example:99999999/"),
    *("http://good.example:/", "http://good.example:80:80/", "http://good.example:8o/"),
    *("http://good..example/", "http://.good.example/", "http://good.example./", "http://-a.b/"),
    *("http://a!b/", "http://a,b/", "http://<b>/", f"http://{'a' * 64}.example/"),
    *(
        f"http://{'a.' * 127}example/",
        f"https://good.example/{'a' * 2048}",
        "http://a\u3002\u3002b/",
    ),
    *("http://127.0.0.1:\uff18\uff10/", "http://xn--/", "http://\ud800/", "http://٣.٣.٣.٣/"),
]
READABLE = {
    "https://good.example": "https://good.example/",
    "HTTPS://Good.Example/Path?q=1": "https://good.example/Path?q=1",
    "https://good.example?x": "https://good.example/?x",
    "https://good.example:443/": "https://good.example/",
    "http://good.example:443/": "http://good.example:443/",
    "https://good.example:8443/a%20b": "https://good.example:8443/a%20b",
    "https://bücher.example/x": "https://xn--bcher-kva.example/x",
    "https://例え.テスト/": "https://xn--r8jz45g.xn--zckzah/",
    "http://chat/hooks/abc": "http://chat/hooks/abc",
    "http://1.1.1.1/": "http://1.1.1.1/",
    "http://[2606:4700:4700:0::1111]:8443/x": "http://[2606:4700:4700::1111]:8443/x",
    # Wide digits are what DNS would read: an address, and then refused as that.
    "http://\uff11\uff12\uff17.\uff10.\uff10.\uff11/": "http://127.0.0.1/",
    "http://①②⑦.⓪.⓪.①/": "http://127.0.0.1/",
    "https://a_b.example/": "https://a_b.example/",
}


def test_every_inner_address_is_refused(subtests: pytest.Subtests) -> None:
    for address in INNER:
        with subtests.test(ascii(address)), pytest.raises(EgressRefused, match="inside a network"):
            check_addresses([address], 443, ())


def test_public_addresses_may_be_called(subtests: pytest.Subtests) -> None:
    for address in OUTER:
        with subtests.test(ascii(address)):
            assert [str(one) for one in check_addresses([address], 443, ())] == [address]


def test_one_inner_address_among_many_condemns_them_all() -> None:
    for answers in (["1.1.1.1", "::1"], ["10.0.0.1", "1.1.1.1"], [*["1.1.1.1"] * 99, "127.0.0.1"]):
        with pytest.raises(EgressRefused):
            check_addresses(answers, 443, ())


@pytest.mark.parametrize("port", [22, 25, 53, 2375, 5432, 6379, 8000, 9200, 11211])
def test_ports_of_other_services_are_refused_with_the_ones_that_are_open(port: int) -> None:
    with pytest.raises(EgressRefused, match=f"Port {port} may not be called: only 80, 443, 8443"):
        check_addresses(["1.1.1.1"], port, ())


def test_urls_that_parsers_could_read_differently_are_refused(subtests: pytest.Subtests) -> None:
    for url in UNREADABLE:
        with subtests.test(ascii(url)), pytest.raises(EgressRefused) as refusal:
            parse_target(url)
        assert "https://" in refusal.value.say("fr")


def test_other_urls_have_one_spelling(subtests: pytest.Subtests) -> None:
    for url, spelling in READABLE.items():
        with subtests.test(ascii(url)):
            assert parse_target(url).url == spelling
            assert parse_target(spelling).url == spelling


def test_an_opening_is_for_its_port_and_its_addresses() -> None:
    openings = parse_openings(["10.0.0.5:8065", "127.0.0.0/8:8080", "[fd00::/8]:443"])
    assert check_addresses(["10.0.0.5"], 8065, openings)
    assert check_addresses(["127.0.0.1"], 8080, openings)
    assert check_addresses(["fd00::7"], 443, openings)
    for address, port in (("10.0.0.6", 8065), ("10.0.0.5", 443), ("fd00::7", 80), ("::1", 8080)):
        with pytest.raises(EgressRefused):
            check_addresses([address], port, openings)
    with pytest.raises(EgressRefused):
        check_addresses(["127.0.0.1", "10.0.0.5"], 8080, openings)


def test_an_opening_lets_a_public_address_be_called_on_another_port() -> None:
    assert check_addresses(["1.1.1.1"], 8065, parse_openings(["0.0.0.0/0:8065"]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.0.0.1",
        "10.0.0.1:",
        "10.0.0.1:0",
        "10.0.0.1:65536",
        "10.0.0.1/33:80",
        "fd00::/8:443",
        "[fd00::/8:443",
        "10.0.0.1/8:80",
        "chat.example:443",
        ":80",
        "*:80",
        "10.0.0.1:8o",
        "1:²",
    ],
)
def test_an_opening_that_cannot_be_read_is_told_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be CIDR:port, such as 10\.0\.0\.0/8:8080"):
        parse_openings([text])


def test_long_nonsense_is_refused_at_once(subtests: pytest.Subtests) -> None:
    for letter in ("a", "a.", "é", "%", "[", ":", "0.", "@"):
        with subtests.test(ascii(letter)), pytest.raises(EgressRefused):
            parse_target(f"https://{letter * 50_000}!")
