"""What every request may use: settings, the catalogue, the store, the metrics."""

import msgspec
from aiohttp import web

from gateway.catalogue import Catalogue
from gateway.settings import Settings
from gateway.store import Database, Pool


class Context(msgspec.Struct, frozen=True):
    settings: Settings
    catalogue: Catalogue
    database: Database
    pool: Pool


CONTEXT: web.AppKey[Context] = web.AppKey("context", Context)
