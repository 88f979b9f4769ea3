"""The facts of the knowledge base."""

from crm_data.warehouse import facts
from crm_data.warehouse.build import Build, through

ARTICLE_VIEWS = Build(
    facts.article_views,
    order="day",
    affected=(
        ("article_views", "SELECT id FROM changed_article_views"),
        *through("crm.article_views", article_id="articles"),
        (
            "products",
            """SELECT v.id FROM crm.article_views AS v JOIN crm.articles AS a ON a.id = v.article_id
               WHERE a.product_id IN (SELECT id FROM changed_products)""",
        ),
    ),
    sql="""
    SELECT
        v.id, v.day, v.views, v.helpful, v.helpful + v.unhelpful AS votes,
        v.article_id AS article, a.category AS article_category, p.name AS product, p.family
    FROM crm.article_views AS v
    LEFT JOIN crm.articles AS a ON a.id = v.article_id
    LEFT JOIN crm.products AS p ON p.id = a.product_id
    WHERE chosen(v.id)
    """,
)
