"""The routes: noun and verb, named as the view, the service and the audit action are."""

from allauth.account import views as auth
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from console.admin import site
from console.env_sign_in import PROVIDER_ID
from console.views import (
    accounts,
    audit,
    audit_state,
    circuit,
    drift,
    evidence,
    health,
    history,
    modules,
    operations,
    overview,
    people,
    products,
    secret,
    sessions,
    sso,
    syncs,
    theme,
)
from console.views.reauthentication import asked_again

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("products/", products.product_list, name="product-list"),
    path("products/new/", products.product_create, name="product-create"),
    path("products/register/", products.product_register, name="product-register"),
    path("products/<uuid:product_id>/", products.product_detail, name="product-detail"),
    path("products/<uuid:product_id>/edit/", products.product_update, name="product-update"),
    path("products/<uuid:product_id>/refresh/", products.product_refresh, name="product-refresh"),
    path("products/<uuid:product_id>/reveal/", secret.product_reveal, name="product-reveal"),
    path("products/<uuid:product_id>/modules/new/", modules.module_create, name="module-create"),
    path("products/<uuid:product_id>/modules/check/", modules.module_check, name="module-check"),
    path("products/<uuid:product_id>/history/", history.product_history, name="product-history"),
    path("modules/", modules.module_list, name="module-list"),
    path("modules/<uuid:module_id>/", history.module_detail, name="module-detail"),
    path("modules/<uuid:module_id>/edit/", modules.module_update, name="module-update"),
    path("modules/<uuid:module_id>/delete/", modules.module_delete, name="module-delete"),
    path("operations/", operations.operation_list, name="operation-list"),
    path("operations/<uuid:operation_id>/", operations.operation_detail, name="operation-detail"),
    path("operations/<uuid:operation_id>/look/", operations.operation_look, name="operation-look"),
    path("operations/<uuid:operation_id>/adopt/", operations.operation_adopt, name="operation-adopt"),
    path("operations/<uuid:operation_id>/retry/", operations.operation_retry, name="operation-retry"),
    path("operations/<uuid:operation_id>/abandon/", operations.operation_abandon, name="operation-abandon"),
    path("drift/", drift.drift_list, name="drift-list"),
    path("drift/accept/", drift.drift_accept_several, name="drift-accept-several"),
    path("drift/<uuid:item_id>/", drift.drift_detail, name="drift-detail"),
    path("drift/<uuid:item_id>/accept/", drift.drift_accept, name="drift-accept"),
    path("drift/<uuid:item_id>/claim/", drift.drift_claim, name="drift-claim"),
    path("drift/<uuid:item_id>/ignore/", drift.drift_ignore, name="drift-ignore"),
    path("people/<int:user_id>/pseudonymise/", people.user_pseudonymise, name="user-pseudonymise"),
    path("people/<int:user_id>/sign-out/", people.user_sign_out, name="user-sign-out"),
    path("people/<int:user_id>/history/", history.user_history, name="user-history"),
    path("audit/", audit.audit_list, name="audit-list"),
    path("audit/export/", evidence.audit_export, name="audit-export"),
    path("audit/state/", audit_state.audit_state, name="audit-state"),
    path("audit/verify/", audit_state.audit_verify, name="audit-verify"),
    path("audit/<int:entry_id>/", audit.audit_detail, name="audit-detail"),
    path("accounts/", accounts.account_list, name="account-list"),
    path("accounts/new/", accounts.account_create, name="account-create"),
    path("accounts/<slug:slug>/", accounts.account_update, name="account-update"),
    path("accounts/<slug:slug>/history/", history.account_history, name="account-history"),
    path("accounts/<slug:slug>/quota/", accounts.account_quota, name="account-quota"),
    path("accounts/<slug:slug>/sync/", syncs.sync_start, name="sync-start"),
    path("accounts/<slug:slug>/probe/", circuit.account_probe, name="account-probe"),
    path("syncs/<uuid:run_id>/", syncs.sync_detail, name="sync-detail"),
    path("syncs/<uuid:run_id>/cancel/", syncs.sync_cancel, name="sync-cancel"),
    path("theme/", theme.theme, name="theme"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("auth/login/", auth.login, name="account_login"),
    path("auth/logout/", auth.logout, name="account_logout"),
    path("auth/inactive/", auth.account_inactive, name="account_inactive"),
    path("auth/password/change/", auth.password_change, name="account_change_password"),
    path("auth/password/set/", asked_again(auth.password_set), name="account_set_password"),
    path("auth/reauthenticate/", auth.reauthenticate, name="account_reauthenticate"),
    path("auth/factors/", factors.index, name="mfa_index"),
    path("auth/factors/confirm/", factors.authenticate, name="mfa_authenticate"),
    path("auth/factors/reauthenticate/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("auth/factors/app/new/", asked_again(totp.activate_totp), name="mfa_activate_totp"),
    path("auth/factors/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("auth/factors/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("auth/factors/passkeys/new/", asked_again(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("auth/factors/passkeys/login/", login_not_required(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("auth/factors/passkeys/reauthenticate/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("auth/factors/passkeys/<int:pk>/edit/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("auth/factors/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("auth/factors/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("auth/factors/codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("auth/sessions/", sessions.session_list, name="session-list"),
    path("auth/sessions/end/", sessions.session_end_all, name="session-end-all"),
    path("auth/sessions/<slug:session_id>/end/", sessions.session_end, name="session-end"),
    path("auth/sso/", sso.sso_login, {"provider_id": PROVIDER_ID}, name="openid_connect_login"),
    path("auth/sso/callback/", sso.sso_callback, {"provider_id": PROVIDER_ID}, name="openid_connect_callback"),
    path("auth/sso/cancelled/", sso.sso_cancelled, name="socialaccount_login_cancelled"),
    path("admin/", site.urls),
]

handler400 = "console.views.errors.bad_request"
handler403 = "console.views.errors.forbidden"
handler404 = "console.views.errors.not_found"
