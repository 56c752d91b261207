"""What schemas/shop.yaml must put into its table, worked out a second time.

The rows of fixtures/shop.yaml, said again in Python, and what becomes of them.
"""

from expected import moment, stamp


def S(text):
    return {"S": text}


def N(text):
    return {"N": text}


CUSTOMERS = [
    ("mira", "2022-11-05T18:20:00+01:00", ("Aare 7", "Bern", "3005"), True),
    ("tomasz", "2023-01-14T09:02:11Z", ("ul. Krótka 12", "Gdańsk", "80-001"), None),
    ("kenji", "2023-02-28T23:59:59+09:00", ("三条通 3", "京都", "604-0001"), False),
]
PRODUCTS = [
    ("TEA-GREEN", "Green tea", "tea", "7.5", None),
    ("TEA-EARL", "Earl Grey", "tea", "6.9", None),
    ("MUG-BLUE", "Blue mug", "kitchen", "12", {"SS": ["L", "M", "S"]}),
    ("POT-IRON", "Iron pot", "kitchen", "120", {"NS": ["0.5", "1.2"]}),
]
ORDERS = [
    (41, "mira", "2023-03-01T08:15:00Z", "paid", "26.4"),
    (42, "tomasz", "2023-03-02T21:40:30+01:00", "paid", "120"),
    (43, "mira", "2023-03-18T10:00:00Z", "shipped", "7.5"),
    (44, "kenji", "2023-03-19T07:30:00+09:00", "cart", "24"),
]
LINES = [
    (41, 1, "MUG-BLUE", "Blue mug", "1"),
    (41, 2, "TEA-GREEN", "Green tea", "1"),
    (41, 3, "TEA-EARL", "Earl Grey", "1"),
    (42, 1, "POT-IRON", "Iron pot", "1"),
    (43, 1, "TEA-GREEN", "Green tea", "1"),
    (44, 1, "MUG-BLUE", "Blue mug", "2"),
]


def customer_item(handle, user, joined, address, newsletter):
    item = {
        "pk": S(f"CUSTOMER#{user[0]}"),
        "sk": S("PROFILE"),
        "name": S(user[1]),
        "handle": S(handle),
        "joined_at": S(stamp(moment(joined))),
        "address": {"M": {k: S(v) for k, v in zip(("street", "city", "zip"), address)}},
        "gsi2pk": S("CITY#" + address[1].replace("B", "b").replace("G", "g")),
        "gsi2sk": S(handle),
    }
    if newsletter is not None:
        item["newsletter"] = {"BOOL": newsletter}
    return item


def product_item(sku, name, category, price, sizes):
    item = {
        "pk": S(f"PRODUCT#{sku}"),
        "sk": S("DETAILS"),
        "name": S(name),
        "price": N(price),
        "gsi1pk": S(f"CATEGORY#{category}"),
        "gsi1sk": S(sku),
    }
    if sizes is not None:
        item["sizes"] = sizes
    return item


def order_item(user, number, placed, status, total):
    return {
        "pk": S(f"CUSTOMER#{user[0]}"),
        "sk": S(f"ORDER#{stamp(moment(placed))}"),
        "number": N(str(number)),
        "status": S(status),
        "total": N(total),
        "gsi1pk": S(f"ORDER#{number:06}"),
        "gsi1sk": S("HEAD"),
        "gsi2pk": S(f"STATUS#{status}"),
        "gsi2sk": S(stamp(moment(placed))),
    }


def line_item(order, line, sku, name, quantity):
    return {
        "pk": S(f"ORDER#{order:06}"),
        "sk": S(f"LINE#{line:03}"),
        "product_sku": S(sku),
        "product_name": S(name),
        "quantity": N(quantity),
        "gsi1pk": S(f"ORDER#{order:06}"),
        "gsi1sk": S(f"LINE#{line:03}"),
        "gsi2pk": S(f"PRODUCT#{sku}"),
        "gsi2sk": S(f"ORDER#{order:06}#{line:03}"),
    }


def shop_items(users):
    """users: handle -> (uuid, display_name)."""
    items = [customer_item(handle, users[handle], *rest) for handle, *rest in CUSTOMERS]
    items += [product_item(*row) for row in PRODUCTS]
    items += [order_item(users[handle], n, *rest) for n, handle, *rest in ORDERS]
    items.append(
        {
            "pk": S("REMINDER#2023-03-18"),
            "sk": S("ORDER#000044"),
            "handle": S("kenji"),
            "expires_at": N(str(int(moment("2033-04-02T00:00:00Z").timestamp()))),
        }
    )
    items += [line_item(*row) for row in LINES]
    items.append(
        {
            "pk": S("CONFIG"),
            "sk": S("shipping"),
            "free_from": N("50"),
            "carriers": {"SS": ["bike", "post"]},
            "weights": {"L": [N("1"), N("5"), N("10")]},
        }
    )
    items.append(
        {
            "pk": S("CONFIG"),
            "sk": S("banner"),
            "text": S("Closed on Sundays. ${no_template} here: this is data."),
            "shown": {"BOOL": False},
        }
    )
    return items
