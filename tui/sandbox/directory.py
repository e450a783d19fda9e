"""Who and what the vendors' look-ups list: agents, segments, categories, tags. Plain data."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID, uuid5

_NAMESPACE = UUID("6f7b1c52-7d2e-4d35-9d3c-5a4b0c9e2f11")


@cache
def stable_uid(name: str) -> str:
    """Return the UUID that goes with a name, the same in every world."""
    return str(uuid5(_NAMESPACE, name))


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone of the support desk."""

    id: int
    name: str
    email: str
    role: str = "user"

    @property
    def uid(self) -> str:
        return stable_uid(self.email)

    @property
    def can_be_assigned(self) -> bool:
        return self.role != "read_only_user"


AGENTS = (
    Agent(4101, "Ana Ruiz", "ana.ruiz@desk.example", "admin"),
    Agent(4102, "Mads Larsen", "m.larsen@desk.example"),
    Agent(4103, "Grace Okoro", "grace.okoro@desk.example"),
    Agent(4104, "Tomasz Nowak", "t.nowak@desk.example"),
    Agent(4105, "Hana Sato", "hana.sato@desk.example"),
    Agent(4106, "Leïla Benali", "leila.benali@desk.example"),
    Agent(4107, "Ravi Menon", "ravi.menon@desk.example"),
    Agent(4108, "Erik Lund", "erik.lund@desk.example", "read_only_user"),
)
ASSIGNABLE = tuple(agent for agent in AGENTS if agent.can_be_assigned)


def agent_by_email(email: object) -> Agent | None:
    return next((agent for agent in AGENTS if agent.email == email), None)


def agent_by_uid(uid: object) -> Agent | None:
    return next((agent for agent in AGENTS if agent.uid == uid), None)


@dataclass(frozen=True, slots=True)
class Segment:
    """A QuestionPro segment, called business unit in parts of its API."""

    id: int
    code: str
    name: str


SEGMENTS = (
    Segment(188602, "S1", "Main Segment"),
    Segment(216627, "CS", "Customer Care"),
    Segment(216631, "NO", "Nordics"),
    Segment(216634, "DA", "DACH"),
    Segment(216640, "IB", "Iberia and LatAm"),
    Segment(216655, "WB", "Web Shop"),
)


def segment_by_code(code: object) -> Segment | None:
    return next((segment for segment in SEGMENTS if segment.code == code), None)


@dataclass(frozen=True, slots=True)
class Category:
    """A SocialBoards category; `parent_id` is None at the root."""

    id: int
    name: str
    parent_id: int | None
    can_be_chosen: bool = True
    is_hidden: bool = False


CATEGORIES = (
    Category(15590, "Support", None, can_be_chosen=False),
    Category(15597, "Orders and delivery", 15590),
    Category(15598, "Payments", 15590),
    Category(15599, "Accounts and login", 15590),
    Category(15600, "Feedback", 15590),
    Category(15601, "Old inbox", 15590, can_be_chosen=False, is_hidden=True),
    Category(15610, "Late parcels", 15597),
    Category(15611, "Returns", 15597, can_be_chosen=False),
    Category(15612, "Warranty", 15611),
)
CHOOSABLE = tuple(category for category in CATEGORIES if category.can_be_chosen)


def category_by_id(category_id: object) -> Category | None:
    return next((category for category in CATEGORIES if category.id == category_id), None)


@dataclass(frozen=True, slots=True)
class InboxField:
    """A custom field of the SocialBoards inbox."""

    id: int
    name: str
    type: str
    placeholder: str | None = None
    values: tuple[str, ...] = ()
    is_hidden: bool = False
    is_sensitive: bool = False


INBOX_FIELDS = (
    InboxField(42623, "Town", "region", "where the customer lives"),
    InboxField(42624, "Delivery", "dropdown", values=("Home", "Shop", "Locker")),
    InboxField(42625, "Date of purchase", "date"),
    InboxField(42626, "Amount", "number"),
    InboxField(42627, "Warranty", "boolean"),
    InboxField(42628, "Import batch", "text", is_hidden=True),
    InboxField(42629, "National id", "text", is_sensitive=True),
)


def inbox_field(field_id: object) -> InboxField | None:
    return next((field for field in INBOX_FIELDS if field.id == field_id), None)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A KlinkCX custom field."""

    system_name: str
    display_name: str
    type: str
    options: tuple[str, ...] = ()
    is_archived: bool = False

    @property
    def uid(self) -> str:
        return stable_uid(self.system_name)


ATTRIBUTES = {
    attribute.system_name: attribute
    for attribute in (
        Attribute("cf_trackingid", "Tracking ID", "text"),
        Attribute("cf_store", "Store", "text"),
        Attribute("cf_date", "Date of purchase", "date"),
        Attribute("cf_delivery", "Delivery", "select", ("home", "shop", "locker")),
        Attribute("cf_amount", "Amount", "number"),
        Attribute("cf_insured", "Insured", "boolean"),
        Attribute("cf_old_code", "Old code", "text", is_archived=True),
    )
}


TAGS = (
    "account", "api", "app", "billing", "checkout", "delivery", "login", "newsletter", "orders",
    "outage", "payments", "praise", "product", "reports", "returns", "security", "service",
    "stock", "telephony", "voucher", "warranty", "website",
)  # fmt: skip


def tag_by_uid(uid: object) -> str | None:
    return next((tag for tag in TAGS if stable_uid(f"tag/{tag}") == uid), None)
