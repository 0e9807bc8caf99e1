"""The tables as they were before there were revisions, in SQL: this file never changes."""

SQLITE = """
CREATE TABLE registry_versions (
    id INTEGER NOT NULL,
    at BIGINT NOT NULL,
    who VARCHAR(200) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE conditions (
    premises VARCHAR(63) NOT NULL,
    gateway VARCHAR(63) NOT NULL,
    scope VARCHAR(16) NOT NULL,
    name VARCHAR(63) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    edge VARCHAR(16) NOT NULL,
    value FLOAT,
    happened_at BIGINT NOT NULL,
    epoch VARCHAR(64) NOT NULL,
    seq BIGINT NOT NULL,
    committed_at BIGINT NOT NULL,
    PRIMARY KEY (premises, gateway, scope, name, kind, reason)
);
CREATE TABLE coverage (
    premises VARCHAR(63) NOT NULL,
    gateway VARCHAR(63) NOT NULL,
    epoch VARCHAR(64) NOT NULL,
    through BIGINT NOT NULL,
    above TEXT NOT NULL,
    began BIGINT NOT NULL,
    aside BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    heard_at BIGINT NOT NULL,
    PRIMARY KEY (premises, gateway, epoch)
);
CREATE TABLE gateways (
    premises VARCHAR(63) NOT NULL,
    gateway VARCHAR(63) NOT NULL,
    online BOOLEAN NOT NULL,
    version TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (premises, gateway)
);
CREATE TABLE incidents (
    id VARCHAR(32) NOT NULL,
    premises VARCHAR(63) NOT NULL,
    phase VARCHAR(16) NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    state TEXT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX incidents_by_premises ON incidents (premises, opened_at);
CREATE INDEX incidents_by_time ON incidents (opened_at);
CREATE UNIQUE INDEX one_open_incident ON incidents (premises) WHERE phase <> 'closed';
CREATE TABLE signals (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    premises VARCHAR(63) NOT NULL,
    gateway VARCHAR(63) NOT NULL,
    epoch VARCHAR(64) NOT NULL,
    seq BIGINT NOT NULL,
    kind VARCHAR(16) NOT NULL,
    edge VARCHAR(16) NOT NULL,
    scope VARCHAR(16) NOT NULL,
    name VARCHAR(63) NOT NULL,
    reason TEXT NOT NULL,
    quantity TEXT,
    value FLOAT,
    changed_at BIGINT NOT NULL,
    committed_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    stored_at BIGINT NOT NULL,
    happened_at BIGINT NOT NULL,
    clock VARCHAR(32) NOT NULL,
    UNIQUE (premises, gateway, epoch, seq)
);
CREATE INDEX signals_by_point ON signals (premises, gateway, name, kind, epoch, seq);
CREATE INDEX signals_by_premises ON signals (premises, id);
CREATE TABLE deadlines (
    incident VARCHAR(32) NOT NULL,
    "key" VARCHAR(32) NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (incident, "key"),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);
CREATE INDEX ix_deadlines_due_at ON deadlines (due_at);
CREATE TABLE deliveries (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id VARCHAR(200) NOT NULL,
    incident VARCHAR(32) NOT NULL,
    destination VARCHAR(63) NOT NULL,
    event VARCHAR(16) NOT NULL,
    rank INTEGER NOT NULL,
    state VARCHAR(16) NOT NULL,
    attempts INTEGER NOT NULL,
    next_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    done_at BIGINT,
    body TEXT NOT NULL,
    UNIQUE (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);
CREATE INDEX deliveries_by_incident ON deliveries (incident, number);
CREATE INDEX deliveries_waiting ON deliveries (state, destination, rank, number);
CREATE TABLE timeline (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    premises VARCHAR(63) NOT NULL,
    incident VARCHAR(32),
    event VARCHAR(32) NOT NULL,
    reason TEXT NOT NULL,
    data TEXT NOT NULL,
    FOREIGN KEY(incident) REFERENCES incidents (id)
);
CREATE INDEX timeline_by_incident ON timeline (incident, id);
CREATE TABLE attempts (
    delivery VARCHAR(200) NOT NULL,
    attempt INTEGER NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    result TEXT,
    PRIMARY KEY (delivery, attempt),
    FOREIGN KEY(delivery) REFERENCES deliveries (id)
);
"""

POSTGRESQL = """
CREATE TABLE registry_versions (
    id SERIAL NOT NULL,
    at BIGINT NOT NULL,
    who VARCHAR(200) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE conditions (
    premises VARCHAR(63) NOT NULL,
    gateway VARCHAR(63) NOT NULL,
    scope VARCHAR(16) NOT NULL,
    name VARCHAR(63) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    edge VARCHAR(16) NOT NULL,
    value FLOAT,
    happened_at BIGINT NOT NULL,
    epoch VARCHAR(64) NOT NULL,
    seq BIGINT NOT NULL,
    committed_at BIGINT NOT NULL,
    PRIMARY KEY (premises, gateway, scope, name, kind, reason)
);
CREATE TABLE coverage (
    premises VARCHAR(63) NOT NULL,
    gateway VARCHAR(63) NOT NULL,
    epoch VARCHAR(64) NOT NULL,
    through BIGINT NOT NULL,
    above TEXT NOT NULL,
    began BIGINT NOT NULL,
    aside BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    heard_at BIGINT NOT NULL,
    PRIMARY KEY (premises, gateway, epoch)
);
CREATE TABLE gateways (
    premises VARCHAR(63) NOT NULL,
    gateway VARCHAR(63) NOT NULL,
    online BOOLEAN NOT NULL,
    version TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (premises, gateway)
);
CREATE TABLE incidents (
    id VARCHAR(32) NOT NULL,
    premises VARCHAR(63) NOT NULL,
    phase VARCHAR(16) NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    state TEXT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX incidents_by_premises ON incidents (premises, opened_at);
CREATE INDEX incidents_by_time ON incidents (opened_at);
CREATE UNIQUE INDEX one_open_incident ON incidents (premises) WHERE phase <> 'closed';
CREATE TABLE signals (
    id BIGSERIAL NOT NULL,
    premises VARCHAR(63) NOT NULL,
    gateway VARCHAR(63) NOT NULL,
    epoch VARCHAR(64) NOT NULL,
    seq BIGINT NOT NULL,
    kind VARCHAR(16) NOT NULL,
    edge VARCHAR(16) NOT NULL,
    scope VARCHAR(16) NOT NULL,
    name VARCHAR(63) NOT NULL,
    reason TEXT NOT NULL,
    quantity TEXT,
    value FLOAT,
    changed_at BIGINT NOT NULL,
    committed_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    stored_at BIGINT NOT NULL,
    happened_at BIGINT NOT NULL,
    clock VARCHAR(32) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (premises, gateway, epoch, seq)
);
CREATE INDEX signals_by_point ON signals (premises, gateway, name, kind, epoch, seq);
CREATE INDEX signals_by_premises ON signals (premises, id);
CREATE TABLE deadlines (
    incident VARCHAR(32) NOT NULL,
    key VARCHAR(32) NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (incident, key),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);
CREATE INDEX ix_deadlines_due_at ON deadlines (due_at);
CREATE TABLE deliveries (
    number BIGSERIAL NOT NULL,
    id VARCHAR(200) NOT NULL,
    incident VARCHAR(32) NOT NULL,
    destination VARCHAR(63) NOT NULL,
    event VARCHAR(16) NOT NULL,
    rank INTEGER NOT NULL,
    state VARCHAR(16) NOT NULL,
    attempts INTEGER NOT NULL,
    next_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    done_at BIGINT,
    body TEXT NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);
CREATE INDEX deliveries_by_incident ON deliveries (incident, number);
CREATE INDEX deliveries_waiting ON deliveries (state, destination, rank, number);
CREATE TABLE timeline (
    id BIGSERIAL NOT NULL,
    at BIGINT NOT NULL,
    premises VARCHAR(63) NOT NULL,
    incident VARCHAR(32),
    event VARCHAR(32) NOT NULL,
    reason TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);
CREATE INDEX timeline_by_incident ON timeline (incident, id);
CREATE TABLE attempts (
    delivery VARCHAR(200) NOT NULL,
    attempt INTEGER NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    result TEXT,
    PRIMARY KEY (delivery, attempt),
    FOREIGN KEY(delivery) REFERENCES deliveries (id)
);
"""
