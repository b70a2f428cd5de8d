"""Settings of the house. Everything a site turns is an environment variable named here.

SHOUWEN_HOME      folder of the embedded database, attachments and the signing key (default ./var)
DATABASE_URL      another database, as postgres://user:password@host:port/name
SHOUWEN_HOSTS     host names that the site answers to, with commas
SHOUWEN_HTTPS     on: the site is reached over HTTPS; cookies travel only there
EMAIL_URL         where mail goes, as smtp://host:port; without it, into files in SHOUWEN_HOME/mail
SHOUWEN_MAIL_FROM sender of the mail (default shouwen@ and the first of the hosts)
SHOUWEN_IMAP      mailboxes to be read, with spaces, as imaps://user:password@host/INBOX?unit=集团/公司&kind=complaint
SHOUWEN_SMS       gateway for SMS, as https://:token@host/path?sign=首问; "loopback:" keeps them on a page
SHOUWEN_WECOM     WeCom, as https://corpid:secret@qyapi.weixin.qq.com/?agent=1000002, or "loopback:"
SHOUWEN_URL       address of the site for links in mail, as https://host; without it, mail has no links
SHOUWEN_WEBHOOK_NETWORKS  networks inside the house that webhooks may call, as 10.1.0.0/16, with commas
SHOUWEN_LOG       lowest level that is logged (default WARNING)
SHOUWEN_DEBUG     on: Django's error pages; for developers alone
"""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from shouwen.house.logs import configuration
from shouwen.house.secret import kept_key

env = environ.Env()

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(env.str("SHOUWEN_HOME", default="var")).resolve()

SECRET_KEY = kept_key(HOME)
DEBUG = env.bool("SHOUWEN_DEBUG", default=False)
ALLOWED_HOSTS = env.list("SHOUWEN_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
LOGGING = configuration(env.str("SHOUWEN_LOG", default="WARNING"))

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Before allauth: its pages wear the desk's frame.
    "shouwen.desk",
    "allauth",
    "allauth.account",
    "django_htmx",
    # Serves the API's page from our own files.
    "ninja",
    "shouwen.organisation",
    "shouwen.governance",
    "shouwen.journal",
    "shouwen.customers",
    "shouwen.matters",
    "shouwen.insight",
    "shouwen.channels",
    "shouwen.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Django adds a few random bytes, so that the length says nothing of what a page holds (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "shouwen.house.security.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "shouwen.api.middleware.ProblemMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "shouwen.house.reading.SteadyMiddleware",
    "shouwen.house.room.NoRoomMiddleware",
]

ROOT_URLCONF = "shouwen.house.urls"
WSGI_APPLICATION = "shouwen.house.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "shouwen.desk.context.frame",
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{HOME / 'shouwen.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "shouwen.house.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        # A transaction that will write takes the lock at its start: no dead end between two readers that turn writers.
        "transaction_mode": "IMMEDIATE",
        # 16 MB of pages for each connection, where 2 MB are usual, for the upper parts of a large house's indexes.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16384",
    }
    # A file, as in the field: several processes and WAL, which a database in memory does not have.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}
    # Opening the file, and closing it with a checkpoint, would cost more than many a call itself.
    DATABASES["default"]["CONN_MAX_AGE"] = 60
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["ENGINE"] = "shouwen.house.postgresql"
    # Only of cursors that are asked to (``prepared``): the others write their values into the statement.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", 2)
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organisation.Person"
AUTHENTICATION_BACKENDS = ["shouwen.house.accounts.HouseBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "shouwen.house.accounts.HouseAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "shouwen.desk.views.errors.csrf_failed"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [PACKAGE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = HOME / "attachments"
# A complaint of five million characters is refused by its form, with a sentence, not by the server with a bare 400.
DATA_UPLOAD_MAX_MEMORY_SIZE = 24 * 1024 * 1024

_mail = env.email_url("EMAIL_URL", default=f"filemail:///{HOME / 'mail'}")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_HOST = _mail["EMAIL_HOST"] or "localhost"
EMAIL_PORT = _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
_host = next((host.lstrip(".") for host in ALLOWED_HOSTS if host != "*" and not host.startswith("[")), "localhost")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("SHOUWEN_MAIL_FROM", default=f"shouwen@{_host}")
WEBHOOK_NETWORKS = env.list("SHOUWEN_WEBHOOK_NETWORKS", default=[])
SHOUWEN_IMAP = env.str("SHOUWEN_IMAP", default="")
SHOUWEN_SMS = env.str("SHOUWEN_SMS", default="")
SHOUWEN_WECOM = env.str("SHOUWEN_WECOM", default="")
SHOUWEN_URL = env.str("SHOUWEN_URL", default="").rstrip("/")

if env.bool("SHOUWEN_HTTPS", default=False):
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
