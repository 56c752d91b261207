"""Rows and items: apply and query of the shop, read back by boto3."""

import json

import pytest
from conftest import ROOT
from expected import by_key
from expected_shop import ORDERS, shop_items

SHOP = ROOT / "schemas/shop.yaml"


def with_sorted_sets(items):
    return [
        {
            name: {t: sorted(v) if t in ("SS", "NS", "BS") else v for t, v in value.items()}
            for name, value in item.items()
        }
        for item in items
    ]


def test_apply_twice(run, database, dynamo):
    wanted = by_key(shop_items(database.users()))
    for _ in range(2):
        run("apply", SHOP, "--endpoint-url", dynamo.url)
        assert by_key(with_sorted_sets(dynamo.items("corner-shop"))) == wanted


def test_with_conversations_in_one_run(run, dynamo):
    handles = ("--handles", ROOT / "fixtures/users.yaml")
    run("apply", SHOP, ROOT / "schemas/rooms.yaml", *handles, "--endpoint-url", dynamo.url)
    assert sorted(dynamo.tables()) == ["corner-shop", "cruddur-rooms"]
    assert len(dynamo.items("corner-shop")) == 20


def keys(items):
    return [(item["pk"]["S"].split("#")[0], item["sk"]["S"]) for item in items]


@pytest.mark.parametrize(
    "arguments, wanted",
    [
        (["order_lines", "order=41"], [("ORDER", f"LINE#00{n}") for n in (1, 2, 3)]),
        (["product", "sku=MUG-BLUE"], [("PRODUCT", "DETAILS")]),
        (["products_of_category", "category=tea"], [("PRODUCT", "DETAILS")] * 2),
        (["customers_of_city", "city=Bern"], [("CUSTOMER", "PROFILE")]),
        (["orders_of_product", "sku=TEA-GREEN"], [("ORDER", "LINE#002"), ("ORDER", "LINE#001")]),
        (["reminders_of_day", "day=2023-03-18"], [("REMINDER", "ORDER#000044")]),
        (["orders_by_status", "status=shipped", "month=2023-03"],
         [("CUSTOMER", "ORDER#2023-03-18T10:00:00.000000+00:00")]),
        (["orders_by_status", "status=shipped", "month=2023-02"], []),
        (["orders_since", "me=mira", "since=2023-03-10"],
         [("CUSTOMER", "ORDER#2023-03-18T10:00:00.000000+00:00")]),
        (["customer_page", "me=mira"],
         [("CUSTOMER", "PROFILE"),
          ("CUSTOMER", "ORDER#2023-03-18T10:00:00.000000+00:00"),
          ("CUSTOMER", "ORDER#2023-03-01T08:15:00.000000+00:00")]),
    ],
)  # fmt: skip
def test_patterns(run, dynamo, arguments, wanted):
    run("apply", SHOP, "--endpoint-url", dynamo.url)
    result = run("query", SHOP, *arguments, "--endpoint-url", dynamo.url)
    assert keys(json.loads(line) for line in result.text.splitlines()) == wanted


def test_a_whole_order_has_its_head_first(run, dynamo):
    run("apply", SHOP, "--endpoint-url", dynamo.url)
    for number, *_ in ORDERS:
        result = run("query", SHOP, "whole_order", f"order={number}", "--endpoint-url", dynamo.url)
        items = [json.loads(line) for line in result.text.splitlines()]
        assert items[0]["number"] == {"N": str(number)}
        assert all(item["product_sku"] for item in items[1:]) and len(items) > 1
