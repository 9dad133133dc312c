-- What staff is told of, and what need not be kept.

-- Events were kept with the secret of a payment that wanted a second factor: they are not
-- needed any more, since what came of them was read again.
UPDATE stripe_events SET payload = '{}' WHERE instr(payload, '_secret_') > 0;
-- Those that still have something to forget.
CREATE INDEX stripe_events_kept ON stripe_events (processed_at) WHERE payload <> '{}';
ALTER TABLE stripe_events ADD COLUMN api_version TEXT NOT NULL DEFAULT ''; -- it was made with; '': not known

-- Until when Stripe wants what it still needs of a host; 0: no date.
ALTER TABLE host_accounts ADD COLUMN deadline_at INTEGER NOT NULL DEFAULT 0;

-- Hosts who owe us something, and since when: the oldest debt that is not paid yet, older
-- ones being paid first.
CREATE VIEW host_debts AS
SELECT t.host_id, t.balance_cents,
    COALESCE((SELECT at FROM (
        SELECT l.at, SUM(l.amount_cents) OVER (ORDER BY l.at DESC, l.id DESC) AS sum_cents
        FROM ledger l WHERE l.host_id = t.host_id AND l.debit = 'host_receivable')
     WHERE sum_cents >= t.balance_cents LIMIT 1), 0) AS since_at
FROM ledger_totals t
WHERE t.account = 'host_receivable' AND t.balance_cents > 0;
