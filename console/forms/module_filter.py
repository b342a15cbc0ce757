"""The filters of the module list."""

from console.forms.list_filter import ListFilter


class ModuleFilter(ListFilter):
    searched = "Module, alias or product"
    orders = (("", "newest first"), ("name", "by name"))
