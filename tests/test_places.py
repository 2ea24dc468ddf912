"""Where scenarios take place: real governments, drawn governments, observed internet users."""

from __future__ import annotations

import itertools
from collections.abc import Collection

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.errors import GovShiftError
from sim.society.places import (
    LocalPlace,
    Place,
    UnknownPlace,
    check_place,
    find_place,
    is_drawn,
    local_government_names,
    luck_agents,
    place_names,
    synthetic_governments,
)

DRAWN = [name for name in place_names() if is_drawn(name)]
KOREAN = ["korea", "korea:basic"]


def some_normals(count: int) -> NDArray[np.float64]:
    return np.random.Generator(np.random.Philox(7)).standard_normal((count, 2))


def any_place(name: str, count: int = 17) -> Place:
    return find_place(name, count=count, normals=some_normals(count))


def by_name(place: Place) -> dict[str, LocalPlace]:
    return {government.name: government for government in place.local_governments}


def population(place: Place) -> int:
    return sum(government.population for government in place.local_governments)


def connected(tiles: Collection[tuple[int, int]]) -> bool:
    reached, border = set[tuple[int, int]](), {next(iter(tiles))}
    while border:
        reached |= border
        near = {
            (x + dx, y + dy) for x, y in border for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
        }
        border = (near & set(tiles)) - reached
    return reached == set(tiles)


def test_the_known_places_come_first() -> None:
    assert place_names()[:3] == ("korea", "korea:basic", "synthetic")
    assert {"europe:EST", "europe:GRC", "europe:EU27"} <= set(place_names())
    assert len(place_names()) == len(set(place_names())) == 3 + 39


def test_korea_has_17_first_level_and_226_basic_governments() -> None:
    assert len(find_place("korea").local_governments) == 17
    assert len(find_place("korea:basic").local_governments) == 226


def test_korea_adds_up() -> None:
    """49.0 million people; the basic governments hold all of them but Sejong's and Jeju's."""
    regions = by_name(find_place("korea"))
    assert population(find_place("korea")) == 49_028_727
    single_tier = regions["Sejong"].population + regions["Jeju"].population
    assert population(find_place("korea:basic")) == 49_028_727 - single_tier


def test_basic_governments_fill_their_region_exactly() -> None:
    regions = by_name(find_place("korea"))
    basic = sorted(
        find_place("korea:basic").local_governments, key=lambda government: government.region
    )
    sums = {
        region: sum(government.population for government in members)
        for region, members in itertools.groupby(basic, key=lambda government: government.region)
    }
    assert set(regions) - set(sums) == {"Sejong", "Jeju"}
    assert sums == {region: regions[region].population for region in sums}


@pytest.mark.parametrize(
    ("place", "name", "native_name", "region", "start"),
    [
        ("korea", "Seoul", "서울특별시", "Seoul", (9_098_805, 0.754)),
        ("korea", "Sejong", "세종특별자치시", "Sejong", (340_173, 0.572)),
        ("korea", "Jeonbuk", "전라북도", "Jeonbuk", (1_701_123, 0.238)),
        ("korea:basic", "Gangneung-si", "강릉시", "Gangwon", (207_831, 0.151)),
        ("korea:basic", "Chilgok-gun", "칠곡군", "Gyeongbuk", (106_986, 0.2)),
        ("korea:basic", "Sinan-gun", "신안군", "Jeonnam", (33_062, 0.069)),
        ("korea:basic", "Ulleung-gun", "울릉군", "Gyeongbuk", (8_024, 0.115)),
        ("korea:basic", "Goseong-gun, Gangwon", "고성군", "Gangwon", (24_044, 0.083)),
        ("korea:basic", "Goseong-gun, Gyeongnam", "고성군", "Gyeongnam", (46_377, 0.094)),
        ("korea:basic", "Jung-gu, Seoul", "중구", "Seoul", (115_067, 0.558)),
        ("korea:basic", "Gwangju-si", "광주시", "Gyeonggi", (361_602, 0.366)),
    ],
)
def test_known_governments(
    place: str, name: str, native_name: str, region: str, start: tuple[int, float]
) -> None:
    found = by_name(find_place(place))[name]
    assert (found.native_name, found.region) == (native_name, region)
    assert (found.population, found.self_reliance) == start


def test_korean_names_are_romanised_with_the_kind_of_government() -> None:
    kinds = {"시": "si", "군": "gun", "구": "gu"}
    for government in find_place("korea:basic").local_governments:
        assert government.name.isascii()
        assert government.name.split(", ")[0].endswith("-" + kinds[government.native_name[-1]])
        assert government.name.split(", ")[1:] in ([], [government.region])


def test_only_repeated_names_carry_their_region() -> None:
    names = [government.name for government in find_place("korea:basic").local_governments]
    repeated = {name.split(", ")[0] for name in names if ", " in name}
    assert repeated == {
        "Goseong-gun",
        "Jung-gu",
        "Dong-gu",
        "Seo-gu",
        "Nam-gu",
        "Buk-gu",
        "Gangseo-gu",
    }
    assert not repeated & set(names)


@pytest.mark.parametrize("name", place_names())
def test_names_and_tiles_are_unique_and_values_in_range(name: str) -> None:
    governments = any_place(name).local_governments
    assert len({government.name for government in governments}) == len(governments)
    assert len({(government.column, government.row) for government in governments}) == len(
        governments
    )
    for government in governments:
        assert government.population >= 1
        assert 0.03 <= government.self_reliance <= 0.95
        assert government.column >= 0
        assert government.row >= 0


def test_the_map_of_the_regions_is_recognisable() -> None:
    tiles = {
        name: (place.column, place.row) for name, place in by_name(find_place("korea")).items()
    }
    west, north, south = min, min, max
    assert {tiles["Incheon"][1], tiles["Seoul"][1], tiles["Gyeonggi"][1]} == {0}
    assert tiles["Incheon"][0] == west(column for column, _ in tiles.values())
    assert tiles["Gangwon"] == (3, north(row for _, row in tiles.values()))
    assert tiles["Jeju"][1] == south(row for _, row in tiles.values())
    assert connected(tiles.values())


def test_each_region_is_one_piece_on_the_basic_map() -> None:
    governments = find_place("korea:basic").local_governments
    for region in {government.region for government in governments}:
        assert connected(
            [(place.column, place.row) for place in governments if place.region == region]
        ), region
    assert connected([(place.column, place.row) for place in governments])


@pytest.mark.parametrize("name", [*KOREAN, "synthetic"])
def test_places_without_an_observed_series_say_so(name: str) -> None:
    assert any_place(name).internet_users is None


@pytest.mark.parametrize(
    ("country", "year", "share"),
    [
        ("EST", 2004, 0.5048),
        ("AUT", 2002, 0.3656),
        ("BIH", 2025, 0.9011),
        ("EU27", 2007, 0.5498),
        ("GBR", 2020, 0.9732),
    ],
)
def test_known_internet_users(country: str, year: int, share: float) -> None:
    observed = any_place(f"europe:{country}").internet_users
    assert observed is not None
    assert dict(observed)[year] == share


@pytest.mark.parametrize("name", [name for name in DRAWN if name != "synthetic"])
def test_observed_series_are_ordered_shares(name: str) -> None:
    observed = any_place(name).internet_users
    assert observed is not None
    assert len(observed) >= 6
    years = [year for year, _ in observed]
    assert years == sorted(set(years))
    assert years[0] >= 2002
    assert years[-1] <= 2025
    assert all(0.1 < share <= 1.0 for _, share in observed)


def test_european_governments_belong_to_their_country() -> None:
    estonia = any_place("europe:EST", count=12)
    assert [government.name for government in estonia.local_governments][:2] == [
        "Local 01",
        "Local 02",
    ]
    assert {government.region for government in estonia.local_governments} == {"Estonia"}


def test_more_than_99_governments_get_longer_numbers() -> None:
    names = [government.name for government in any_place("synthetic", count=100).local_governments]
    assert (names[0], names[-1]) == ("Local 001", "Local 100")


@pytest.mark.parametrize("name", [*KOREAN, "synthetic", "europe:EST"])
def test_names_are_known_before_any_luck(name: str) -> None:
    governments = any_place(name, count=5).local_governments
    names = tuple(government.name for government in governments)
    assert local_government_names(name, count=5) == names


@pytest.mark.parametrize("name", place_names())
def test_every_listed_place_passes_the_check(name: str) -> None:
    check_place(name)


def test_the_median_government_is_that_of_the_distribution() -> None:
    (median,) = synthetic_governments(1, np.zeros((1, 2)))
    assert median == LocalPlace("Local 01", "Local 01", "Synthetic", 125_492, 0.1678, 0, 0)


def test_drawn_governments_are_spread_like_koreas() -> None:
    governments = synthetic_governments(20_000, some_normals(20_000))
    people = np.log([government.population for government in governments])
    own = np.array([government.self_reliance for government in governments])
    assert people.mean() == pytest.approx(11.74, abs=0.03)
    assert people.std() == pytest.approx(1.09, abs=0.02)
    assert np.log(own * 100).mean() == pytest.approx(2.82, abs=0.02)
    assert np.log(own * 100).std() == pytest.approx(0.56, abs=0.02)
    assert np.corrcoef(people, own)[0, 1] == pytest.approx(0.68, abs=0.02)


def test_extreme_luck_stays_in_range() -> None:
    poorest, richest = synthetic_governments(2, np.array([[-20.0, -20.0], [8.0, 8.0]]))
    assert (poorest.population, poorest.self_reliance) == (1, 0.03)
    assert richest.self_reliance == 0.95


@pytest.mark.parametrize("name", ["synthetic", "europe:EST"])
def test_drawn_places_ask_for_luck(name: str) -> None:
    with pytest.raises(ValueError, match="normals"):
        find_place(name)


@pytest.mark.parametrize(
    "normals", [np.zeros((3, 2)), np.zeros(4), np.array([[0.0, np.nan], [0.0, 0.0]])]
)
def test_luck_of_the_wrong_shape_is_refused(normals: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match=r"\(2, 2\)"):
        find_place("synthetic", count=2, normals=normals)


def test_no_two_drawn_places_share_their_luck() -> None:
    agents = np.concatenate([luck_agents(name, 1_000) for name in DRAWN])
    assert agents.dtype == np.uint32
    assert len(np.unique(agents)) == len(agents)


def test_fewer_governments_are_the_first_of_more() -> None:
    assert (luck_agents("europe:EST", 10) == luck_agents("europe:EST", 20)[:10]).all()


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("koera", "korea"),
        ("Korea", "korea"),
        ("korea:basics", "korea:basic"),
        ("synthetik", "synthetic"),
        ("EST", "europe:EST"),
        ("Estonia", "europe:EST"),
        ("europe:est", "europe:EST"),
        ("europe:EU27_2020", "europe:EU27"),
        ("europe:Germany", "europe:DEU"),
        ("Europe:DK", "europe:DNK"),
    ],
)
def test_a_near_miss_is_answered_with_what_was_meant(asked: str, meant: str) -> None:
    with pytest.raises(UnknownPlace, match=rf"did you mean '{meant}'( or |\?$)") as caught:
        find_place(asked)
    assert repr(asked) in str(caught.value)


@pytest.mark.parametrize("asked", ["atlantis", "", "europe", "europe:", "europe:XYZ", "two\nlines"])
def test_an_unknown_place_says_what_is_allowed_in_one_line(asked: str) -> None:
    with pytest.raises(UnknownPlace) as caught:
        find_place(asked)
    message = str(caught.value)
    assert "allowed" in message
    assert "europe:" in message
    assert "\n" not in message


@pytest.mark.parametrize("asked", ["EST", "Estonia", "europe:Estonia"])
def test_an_exact_country_has_one_answer(asked: str) -> None:
    with pytest.raises(UnknownPlace, match=r"did you mean 'europe:EST'\?$"):
        find_place(asked)


def test_an_unknown_country_is_answered_with_all_countries() -> None:
    with pytest.raises(UnknownPlace, match=r"ALB, AUT, .*, XKX"):
        find_place("europe:XYZ")


def test_an_unknown_place_is_a_mistake_of_the_user() -> None:
    assert issubclass(UnknownPlace, GovShiftError)
    assert UnknownPlace.exit_code == 2
