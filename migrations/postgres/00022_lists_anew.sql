-- +goose Up
-- A suspended order that ended owes its last report, and a packet that was
-- promised is sent from its own page: the lists are filled anew, as after 00019.
ALTER TABLE open_items NO FORCE ROW LEVEL SECURITY;
DELETE FROM open_items;
ALTER TABLE open_items FORCE ROW LEVEL SECURITY;
UPDATE practices SET worklists_at = NULL;
