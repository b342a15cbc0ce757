"""Django's settings, all of them from the environment: README.md has the table."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from console.env import BASE_DIR, env, flag, load, log_level, positive, random_key, required, seal_keys, text, whole
from console.env_audit import anchor_file, anchor_syslog, anchor_webhook, archive_folder, retention_days
from console.env_sign_in import breached_passwords, factor_words, issuer, openid_connect, role_map, roles

load()

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
DEBUG = flag("DEBUG", default=False)
SECRET_KEY = required("SECRET_KEY")
SEAL_KEYS = seal_keys("SEAL_KEYS")
AUDIT_KEY = random_key("AUDIT_KEY")
AUDIT_SIGNING_KEY = random_key("AUDIT_SIGNING_KEY")
AUDIT_ANCHOR_FILE = anchor_file("AUDIT_ANCHOR_FILE")
AUDIT_ANCHOR_SYSLOG = anchor_syslog("AUDIT_ANCHOR_SYSLOG")
AUDIT_ANCHOR_WEBHOOK = anchor_webhook("AUDIT_ANCHOR_WEBHOOK")
AUDIT_RETENTION_DAYS = retention_days("AUDIT_RETENTION_DAYS")
AUDIT_ARCHIVE_DIR = archive_folder("AUDIT_ARCHIVE_DIR", default=DATA_DIR.absolute() / "audit-archive")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = flag("HTTPS", default=False)
DEMO = flag("DEMO", default=True)
ALLOW_PRIVATE_ENDPOINTS = flag("ALLOW_PRIVATE_ENDPOINTS", default=False)

INSTALLED_APPS = [
    "console.apps.ConsoleConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "django_htmx",
    "django_q",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "console.middleware.ContentSecurityPolicyMiddleware",
    "console.middleware.PoliciesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "console.middleware.PrivateMiddleware",
    "console.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "console.doors.SessionTimesMiddleware",
    "console.middleware.SignInMiddleware",
    "console.doors.FirstStepsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.middleware.HugeNumberMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "console.urls"
WSGI_APPLICATION = "console.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.views.context.shell",
            ],
        },
    },
]

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    # Else INSERT OR REPLACE would delete an audit entry without asking its trigger.
    "PRAGMA recursive_triggers=ON;",
}


def _database() -> dict[str, Any]:
    """SQLite beside the other data by default; PostgreSQL, with a pool, by DATABASE_URL."""
    url = env.str("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'console.sqlite3'}"
    if not url.startswith(("sqlite://", "postgres://", "postgresql://")):
        raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:// or postgres://.")
    parsed: dict[str, Any] = env.db_url_config(url)
    options: dict[str, Any] = SQLITE_OPTIONS
    if parsed["ENGINE"].endswith("postgresql"):
        # Who waits ten seconds for a connection is told that there is none, also where the server is away.
        options = {"pool": {"min_size": 0, "max_size": whole("DATABASE_POOL_SIZE", default=16), "timeout": 10}}
    return parsed | {
        "OPTIONS": parsed.get("OPTIONS", {}) | options,
        "CONN_MAX_AGE": 0,
        "ATOMIC_REQUESTS": False,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}

AUTH_USER_MODEL = "console.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "console.services.first_passwords.PasswordBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
] + [{"NAME": "console.services.house_words.HouseWordsValidator"}, *breached_passwords("BREACHED_PASSWORDS_FILE")]
PASSWORD_WORDS = env.list("PASSWORD_WORDS", default=[])
PROVISIONAL_PASSWORD_HOURS = whole("PROVISIONAL_PASSWORD_HOURS", default=72)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview"
ACCOUNT_ADAPTER = "console.services.sign_in.SignIn"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False

# A name is locked for the address that failed, never for everybody: nobody may lock out somebody else.
LOCKOUT_AFTER = whole("LOCKOUT_AFTER", default=5)
LOCKOUT_MIN = whole("LOCKOUT_MIN", default=15)
AXES_FAILURE_LIMIT = LOCKOUT_AFTER
AXES_COOLOFF_TIME = timedelta(minutes=LOCKOUT_MIN)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "console.services.lockout.name_of"
AXES_CLIENT_IP_CALLABLE = "console.services.lockout.network_of"
AXES_LOCKOUT_CALLABLE = "console.views.sign_in.locked_out"
# The audit trail tells of every sign-in; what was typed is nobody's business.
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "csrfmiddlewaretoken", "next"]
AXES_VERBOSE = AXES_ENABLE_ADMIN = False

MFA_REQUIRED_FOR = roles("MFA_REQUIRED_FOR", default=[] if DEMO else ["admin", "auditor"])
MFA_ADAPTER = "console.services.second_factor.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "add_webauthn": "console.forms.passkey.PasskeyForm",
    "authenticate": "console.forms.code.CodeForm",
    "authenticate_webauthn": "console.forms.passkey.SecondFactorForm",
    "login_webauthn": "console.forms.passkey.AloneForm",
    "reauthenticate": "console.forms.code.CodeAgainForm",
    "reauthenticate_webauthn": "console.forms.passkey.AgainForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "OTA Console"
MFA_TOTP_TOLERANCE = 1

OIDC_ISSUER = issuer("OIDC_ISSUER")
OIDC_GROUPS_CLAIM = env.str("OIDC_GROUPS_CLAIM", default="groups")
OIDC_ROLE_MAP = role_map("OIDC_ROLE_MAP")
OIDC_SECOND_FACTOR = factor_words("OIDC_SECOND_FACTOR")
SOCIALACCOUNT_ADAPTER = "console.services.sso.SingleSignOn"
SOCIALACCOUNT_PROVIDERS = openid_connect(
    server=OIDC_ISSUER,
    client_id=required("OIDC_CLIENT_ID") if OIDC_ISSUER else env.str("OIDC_CLIENT_ID", default=""),
    secret=text("OIDC_CLIENT_SECRET"),
    title=env.str("OIDC_NAME", default="single sign-on"),
    scopes=env.list("OIDC_SCOPES", default=["openid", "profile", "email"]),
)

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_IDLE_MIN = whole("SESSION_IDLE_MIN", default=30)
SESSION_MAX_HOURS = whole("SESSION_MAX_HOURS", default=12)
SESSION_COOKIE_AGE = SESSION_MAX_HOURS * 3600
SESSION_ENGINE = "console.services.sealed_sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "console.views.errors.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# The names of Django 6, so that our middleware is deleted when it comes.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
# What no page needs is off; copying a key and signing in with a passkey is for our own pages.
NOT_NEEDED = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone",
              "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking")  # fmt: skip
OWN_PAGES = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
RESPONSE_POLICIES = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [f"{feature}=()" for feature in NOT_NEEDED] + [f"{feature}=(self)" for feature in OWN_PAGES]
    ),
}
TRUST_PROXY_HEADERS = flag("TRUST_PROXY_HEADERS", default=False)
# The proxy writes the address of whoever asks at the end of X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if TRUST_PROXY_HEADERS else 0
if HTTPS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if TRUST_PROXY_HEADERS:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DEFAULT_EXCEPTION_REPORTER_FILTER = "console.views.error_reports.NoValues"

MAX_BODY_BYTES = 256 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200


def _task_broker() -> dict[str, str]:
    """Where tasks wait: in the database by default, in Redis by TASK_BROKER_URL."""
    url = env.str("TASK_BROKER_URL", default="")
    if not url:
        return {"orm": "default"}
    if not url.startswith(("redis://", "rediss://")):
        raise ImproperlyConfigured("TASK_BROKER_URL must begin with redis:// or rediss://.")
    return {"redis": url}


# Tasks are delivered at least once and are bounded to well under the time after which they are delivered again.
Q_CLUSTER = _task_broker() | {
    "name": "console",
    "workers": whole("WORKERS", default=2),
    "timeout": 60,
    "retry": 90,
    "max_attempts": 5,
    "ack_failures": True,
    # Only failures are kept: a task that went well has left its traces where it did something.
    "save_limit": -1,
    # A task that waits behind a busy worker here could be done on another machine.
    "queue_limit": 1,
    "poll": 0.5,
    # Our own clock does that.
    "scheduler": False,
    "sync": flag("TASKS_INLINE", default=False),
}

# As many threads as bin/run gives a web process: one account's calls may hold half of them.
WEB_THREADS = whole("WEB_THREADS", default=16)

PLATFORM_CONNECT_TIMEOUT_S = positive("PLATFORM_CONNECT_TIMEOUT_S", default=5.0)
PLATFORM_READ_TIMEOUT_S = positive("PLATFORM_READ_TIMEOUT_S", default=10.0)
PLATFORM_TOTAL_TIMEOUT_S = positive("PLATFORM_TOTAL_TIMEOUT_S", default=15.0)
PLATFORM_IN_FLIGHT_S = positive("PLATFORM_IN_FLIGHT_S", default=20.0)
# A slot of the quota rests for the platform's second, and a little longer for clocks that are being corrected.
QUOTA_REST_S = 1.001
FORM_WAIT_S = positive("FORM_WAIT_S", default=5.0)
FRESH_FOR_S = positive("FRESH_FOR_S", default=3600.0)

SANDBOX_PORT = whole("SANDBOX_PORT", default=8686)
SANDBOX_KEY = env.str("SANDBOX_KEY", default="sandbox-id:sandbox-secret")
DEMO_PASSWORD = text("DEMO_PASSWORD")

LOG_LEVEL = log_level("LOG_LEVEL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # They tell of every task as it is queued, begun and ended, and of every sign-in: the trail does that.
    "loggers": {
        **{name: {"level": "WARNING" if LOG_LEVEL == "INFO" else LOG_LEVEL} for name in ("django-q", "axes")},
        # Statements hold the ids of sessions, and a name that a template lacks is told with all that the page shows.
        **{
            name: {"level": "INFO" if LOG_LEVEL == "DEBUG" else LOG_LEVEL}
            for name in ("django.db.backends", "django.template")
        },
    },
}
