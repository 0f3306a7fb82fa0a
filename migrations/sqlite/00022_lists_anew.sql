-- +goose Up
-- A suspended order that ended owes its last report, and a packet that was
-- promised is sent from its own page: the lists are filled anew, as after 00019.
DELETE FROM open_items;
UPDATE practices SET worklists_at = NULL;
