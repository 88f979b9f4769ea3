"""All derived tables, each after those it reads."""

from crm_data.warehouse.build import Build, category_of
from crm_data.warehouse.build_billing import BILLING
from crm_data.warehouse.build_calendar import BUSINESS_DAYS
from crm_data.warehouse.build_customers import CUSTOMER
from crm_data.warehouse.build_engagement import ENGAGEMENT
from crm_data.warehouse.build_marketing import MARKETING
from crm_data.warehouse.build_people import COMMON
from crm_data.warehouse.build_pipeline import PIPELINE
from crm_data.warehouse.build_purchases import PURCHASING
from crm_data.warehouse.build_rates import RATES
from crm_data.warehouse.build_sales import SALES
from crm_data.warehouse.build_service import SERVICE

BUILDS: tuple[Build, ...] = (
    BUSINESS_DAYS,
    RATES,
    *COMMON,
    *SALES,
    *PIPELINE,
    *BILLING,
    *CUSTOMER,
    *PURCHASING,
    *ENGAGEMENT,
    *MARKETING,
    *SERVICE,
)

#: Those that `kpis` counts.
FACTS: tuple[Build, ...] = tuple(build for build in BUILDS if build.table.schema is None)


def columns_of(category: str) -> list[tuple[str, str]]:
    """The (table, column)s whose words come from the category."""
    return [
        (build.name, column.name)
        for build in BUILDS
        for column in build.table.columns
        if category_of(column) == category
    ]
