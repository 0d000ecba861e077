"""Django settings, read once from the environment (the IPAAS_* variables listed in the README).

Every process (web, worker, scheduler, commands) reads this module; nothing writes it at run time.
Without any variable set it describes the single-machine product: SQLite and the in-process runner under ./data.
"""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import Any

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("IPAAS_DATA", str(BASE_DIR / "data")))
PORT = env.int("IPAAS_PORT", 8000)
DEBUG = env.bool("IPAAS_DEBUG", False)
DATABASE_URL = env.str("IPAAS_DATABASE_URL", "")
REDIS_URL = env.str("IPAAS_REDIS_URL", "")
PUBLIC_URL = env.str("IPAAS_PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
SANDBOX_BASE_URL = env.str("IPAAS_SANDBOX_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
IPAAS_OUTBOUND_ALLOW: list[str] = env.list("IPAAS_OUTBOUND_ALLOW", default=[])
DEMO_PASSWORD = env.str("IPAAS_DEMO_PASSWORD", "")


def _secret_key() -> str:
    """The key from the environment, or one made once and kept beside the data, readable by its owner alone."""
    if given := env.str("IPAAS_SECRET_KEY", ""):
        return given
    path = DATA_DIR / "secret_key"
    if path.exists():
        return path.read_text().strip()
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(50)
    try:
        with open(path, "x", opener=lambda name, flags: _owner_only(name, flags)) as file:
            file.write(made)
    except FileExistsError:
        return path.read_text().strip()
    return made


def _owner_only(name: str, flags: int) -> int:
    import os

    return os.open(name, flags, 0o600)


SECRET_KEY = _secret_key()
ALLOWED_HOSTS: list[str] = env.list("IPAAS_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guardian",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "channels",
    "ipaas.accounts",
    "connectors",
    "flows",
    "ipaas.monitoring",
    "ipaas",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "ipaas.urls"
ASGI_APPLICATION = "ipaas.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def _database() -> dict[str, Any]:
    """SQLite under the data folder with full durability and one writer at a time, or what IPAAS_DATABASE_URL names."""
    if DATABASE_URL:
        database: dict[str, Any] = env.db_url_config(DATABASE_URL)
    else:
        database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(DATA_DIR / "ipaas.sqlite3")}
    if database["ENGINE"].endswith("sqlite3"):
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        database["OPTIONS"] = {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;",
        }
        # The writer has its own thread and connection, so tests need a file and not a private in-memory database.
        database["TEST"] = {"NAME": str(Path(tempfile.gettempdir()) / f"ipaas_test_{DATA_DIR.name}.sqlite3")}
    else:
        database["CONN_MAX_AGE"] = 60
        database["CONN_HEALTH_CHECKS"] = True
    return database


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

_HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_NAME = "ipaas_session"
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# The window in which a person signs in at an outside system must stay known to the page that opened it.
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin-allow-popups"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("IPAAS_BEHIND_PROXY", False) else None
X_FRAME_OPTIONS = "DENY"

CACHES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "ipaas"}
}

CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 30}]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "ipaas.accounts.tokens.TokenAuthentication",
        "ipaas.accounts.sessions.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "ipaas.accounts.api.schema.ProductSchema",
    "EXCEPTION_HANDLER": "ipaas.accounts.api.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "ipaas API",
    "DESCRIPTION": "Flows, runs, connections and the sandbox of an ipaas installation.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
}

STATIC_URL = "/static/"
FRONTEND_DIST = BASE_DIR / "frontend" / "dist"
STATICFILES_DIRS = [("app", str(FRONTEND_DIST))] if FRONTEND_DIST.exists() else []
STATIC_ROOT = str(DATA_DIR / "static")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
EVENT_MAX_BYTES = env.int("IPAAS_EVENT_MAX_BYTES", 5 * 1024 * 1024)
RUNNER_CAPACITY = env.int("IPAAS_RUNNER_CAPACITY", 400)
RUN_LEASE_SECONDS = env.float("IPAAS_RUN_LEASE_SECONDS", 30.0)
SWEEP_SECONDS = env.float("IPAAS_SWEEP_SECONDS", 5.0)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("IPAAS_LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "uvicorn.access": {"level": "WARNING"}},
}
