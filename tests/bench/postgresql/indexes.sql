-- What an administrator would index for these questions, beside the keys that the CRM has.
CREATE INDEX IF NOT EXISTS bench_accounts ON account_history (account_id, changed_at DESC, id DESC)
    INCLUDE (segment, region_id);
CREATE INDEX IF NOT EXISTS bench_deals ON opportunities (closed_on)
    INCLUDE (status, opened_on, amount, currency, account_id, region_id);
CREATE INDEX IF NOT EXISTS bench_open ON opportunities (opened_on) INCLUDE (status, closed_on, id);
CREATE INDEX IF NOT EXISTS bench_versions ON opportunity_history (opportunity_id, changed_at DESC, id DESC)
    INCLUDE (amount, currency);
CREATE INDEX IF NOT EXISTS bench_won ON opportunities (account_id, closed_on) WHERE status = 'won';
CREATE INDEX IF NOT EXISTS bench_bought ON invoices (account_id, issued_on) WHERE kind = 'invoice';
CREATE INDEX IF NOT EXISTS bench_issued ON invoices (issued_on) INCLUDE (id, currency);
CREATE INDEX IF NOT EXISTS bench_lines ON invoice_lines (invoice_id) INCLUDE (amount, cost);
CREATE INDEX IF NOT EXISTS bench_leads ON leads (created_at) INCLUDE (converted_account_id);
CREATE INDEX IF NOT EXISTS bench_spend ON spend (spent_on) INCLUDE (kind, amount, currency);
CREATE INDEX IF NOT EXISTS bench_members ON memberships (account_id, started_on) INCLUDE (ended_on, id);
