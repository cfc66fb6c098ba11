#!/bin/sh
# schema migrate --dialect sqlite on real databases with rows in them: what is printed runs, every
# row and value is there after it, a scan of the dumped schema finds no difference; and what must
# not happen leaves the database as it was, also in a shell that goes on after an error.
#
#   schema_sqlite.sh METERLINT
set -u
meterlint=$1
. "$(dirname "$0")/lib.sh"
command -v sqlite3 >/dev/null || { echo "no sqlite3 here"; exit 77; }
cd "$work" || exit 2

sql() { sqlite3 "$@"; }

# migrate NAME DB: prints the migration of project NAME and runs it on DB, not stopping at errors.
migrate() {
    "$meterlint" schema migrate --dialect sqlite "$1" >"$1.sql" 2>"$work/said" </dev/null ||
        fault "$1: no migration" "$work/said"
    sql "$2" <"$1.sql" >"$work/said" 2>&1
}

# closed NAME DB: the database as it is now has no gap, and nothing is left to do.
closed() {
    rm -rf dumped && mkdir dumped
    sql "$2" .schema >dumped/schema.sql
    run 0 "$1: second scan" "$meterlint" schema diff --dialect sqlite dumped
    says '^no difference'
    run 0 "$1: second migration" "$meterlint" schema migrate --dialect sqlite dumped
    says 'nothing to do'
    [ "$(sql "$2" 'PRAGMA integrity_check; PRAGMA foreign_key_check;')" = ok ] || fault "$1: not whole"
}

# untouched NAME DB BEFORE: the dump is what it was.
untouched() {
    sql "$2" .dump >after.dump
    cmp -s "$3" after.dump || { diff "$3" after.dump >"$work/said"; fault "$1: the database is changed" "$work/said"; }
}

rows='INSERT INTO ai_model_usage (id, user_id, model_id, request_id, usage_type, total_tokens, cost, status, created_at)
  VALUES (1, 7, 1, "r1", "text", 3, 0.00125, "success", "2026-01-02 03:04:05"), (2, 7, 1, "r2", "text", 9, 0.1 + 0.2,
  "success", "2026-01-02 03:04:06"), (5, 8, 1, "r5", "text", NULL, NULL, "failed", "2026-01-02 03:04:07");
DELETE FROM ai_model_usage WHERE id = 5;
INSERT INTO ai_billing_records (id, user_id, usage_id, billing_type, total_cost, unit_price, currency, billing_cycle, note)
  VALUES (3, 7, 1, "token", 0.00125, 2, "USD", "2026-01", "kept, as it is"), (4, 7, 2, "count", 12.5, 1e-7, "USD",
  "2026-01", NULL);'
rows=$(echo "$rows" | tr '"' "'")
seen='SELECT id, user_id, request_id, CAST(cost AS REAL), typeof(cost), created_at FROM ai_model_usage ORDER BY id;
SELECT id, usage_id, billing_type, total_cost, unit_price, note FROM ai_billing_records ORDER BY id;'
expected="1|7|r1|0.00125|text|2026-01-02 03:04:05
2|7|r2|0.3|text|2026-01-02 03:04:06
3|1|token|0.00125|2.000000000000|kept, as it is
4|2|count|12.5|0.000000100000|"

# ---- SQL, with what a reader of columns does not see ----

mkdir plain
cat >plain/schema.sql <<'SQL'
CREATE TABLE ai_model_usage (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- counts up
  user_id INTEGER NOT NULL, model_id INTEGER NOT NULL, request_id VARCHAR(64) NOT NULL,
  usage_type VARCHAR(16) NOT NULL, total_tokens INTEGER, cost REAL, /* money */
  status VARCHAR(16) NOT NULL, created_at DATETIME NOT NULL
);
CREATE TABLE ai_billing_records (
  id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER,
  usage_id INTEGER NOT NULL REFERENCES ai_model_usage (id) ON DELETE CASCADE,
  billing_type VARCHAR(16) DEFAULT 'token' CHECK (billing_type IN ('token', 'count')),
  total_cost DECIMAL(10,4) NOT NULL CHECK (total_cost >= 0), unit_price FLOAT,
  currency CHAR(3) NOT NULL, billing_cycle CHAR(7) NOT NULL,
  note TEXT COLLATE NOCASE DEFAULT 'a, b', twice INTEGER GENERATED ALWAYS AS (usage_id * 2) VIRTUAL,
  CONSTRAINT short CHECK (length(note) < 100)
);
CREATE INDEX ix_bills_user ON ai_billing_records (user_id);
CREATE UNIQUE INDEX ix_note ON ai_billing_records (note) WHERE note IS NOT NULL;
CREATE TABLE gone (id INTEGER);
CREATE TRIGGER bills_gone AFTER DELETE ON ai_billing_records BEGIN
  INSERT INTO gone VALUES (CASE WHEN old.id > 0 THEN old.id ELSE 0 END);
END;
CREATE TRIGGER bills_old AFTER DELETE ON ai_billing_records BEGIN SELECT raise(ABORT, 'no'); END;
DROP TRIGGER IF EXISTS bills_old;
CREATE VIEW bills AS SELECT id, total_cost FROM ai_billing_records;
CREATE TRIGGER usage_counted AFTER INSERT ON gone BEGIN UPDATE ai_model_usage SET total_tokens = 0 WHERE id = -1; END;
SQL
sql plain.db <plain/schema.sql
sql plain.db "$rows"
for database in twice nulls extra trigger digits index named; do cp plain.db $database.db; done
migrate plain plain.db
[ -s "$work/said" ] && fault "plain: the migration does not run" "$work/said"
sql plain.db "$seen" >"$work/said"
[ "$(cat "$work/said")" = "$expected" ] || fault "plain: not the values that were" "$work/said"
closed plain plain.db
for kept in "SELECT twice = 2 FROM ai_billing_records WHERE id = 3" \
    "SELECT seq = 5 FROM sqlite_sequence WHERE name = 'ai_model_usage'" \
    "SELECT count(*) = 2 FROM bills" \
    "SELECT count(*) = 2 FROM sqlite_master WHERE name IN ('ix_bills_user', 'ix_note')" \
    "SELECT count(*) = 2 FROM sqlite_master WHERE type = 'trigger'" \
    "SELECT count(*) = 0 FROM sqlite_master WHERE name LIKE '%rebuilt%'" \
    "SELECT sql LIKE '%CONSTRAINT short CHECK (length(note) < 100)%' FROM sqlite_master WHERE name = 'ai_billing_records'" \
    "SELECT sql LIKE '%note TEXT COLLATE NOCASE DEFAULT ''a, b''%' FROM sqlite_master WHERE name = 'ai_billing_records'" \
    "SELECT on_delete = 'RESTRICT' FROM pragma_foreign_key_list('ai_billing_records')"; do
    [ "$(sql plain.db "$kept")" = 1 ] || fault "plain: not so: $kept"
done
sql plain.db "DELETE FROM ai_billing_records WHERE id = 4"
[ "$(sql plain.db 'SELECT id FROM gone')" = 4 ] || fault "plain: the trigger is not what it was"

# ---- what must leave everything as it was ----

# refused DB SAYS STATEMENT: after the statement the migration fails with that word, and changes nothing.
refused() {
    sql "$1.db" "$3"
    sql "$1.db" .dump >before.dump
    migrate plain "$1.db"
    grep -q "$2" "$work/said" || fault "$1: does not say $2" "$work/said"
    untouched "$1" "$1.db" before.dump
    sqlite3 -bail "$1.db" <plain.sql >"$work/said" 2>&1
    untouched "$1, stopped at the first error" "$1.db" before.dump
}
refused twice "UNIQUE constraint failed" \
    "INSERT INTO ai_billing_records (user_id, usage_id, total_cost, currency, billing_cycle) VALUES (7, 1, 1, 'USD', '2026-02')"
refused nulls "NOT NULL constraint failed: ai_billing_records_rebuilt.user_id" \
    "INSERT INTO ai_billing_records (usage_id, total_cost, currency, billing_cycle) VALUES (9, 1, 'USD', '2026-02')"
refused extra "CHECK constraint failed" "ALTER TABLE ai_billing_records ADD COLUMN of_nobody TEXT"
refused trigger "CHECK constraint failed" \
    "CREATE TRIGGER unknown BEFORE UPDATE ON ai_model_usage BEGIN SELECT raise(ABORT, 'no'); END"
refused index "CHECK constraint failed" "CREATE INDEX ix_unknown ON ai_model_usage (created_at, status)"
refused named "index ix_note already exists" \
    "DROP INDEX ix_note; CREATE INDEX ix_note ON gone (id)"
refused digits "CHECK constraint failed" "UPDATE ai_model_usage SET cost = 0.00000000000012345"

# ---- a table with rows and no value for what must be there ----

mkdir empty
sed 's/, billing_cycle CHAR(7) NOT NULL//' plain/schema.sql >empty/schema.sql
sql empty.db <empty/schema.sql
cp empty.db filled.db
migrate empty empty.db
[ -s "$work/said" ] && fault "empty: the migration does not run" "$work/said"
closed empty empty.db
sql filled.db "INSERT INTO ai_model_usage VALUES (1, 1, 1, 'r', 'text', 1, 1, 'success', 'now');
  INSERT INTO ai_billing_records (user_id, usage_id, total_cost, currency) VALUES (1, 1, 1, 'USD')"
sql filled.db .dump >before.dump
migrate empty filled.db
grep -q 'NOT NULL constraint failed' "$work/said" || fault "filled: does not fail" "$work/said"
grep -q 'billing_cycle is new and NOT NULL' empty.sql || fault "filled: does not say why"
untouched filled filled.db before.dump

# ---- the other forms: the table as the library makes it, and the code that declares it ----

made='CREATE TABLE ai_model_usage (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id BIGINT NOT NULL, model_id BIGINT NOT NULL,
  request_id VARCHAR(64) NOT NULL, usage_type VARCHAR(16) NOT NULL, total_tokens INTEGER, cost FLOAT,
  status VARCHAR(16) NOT NULL, created_at DATETIME NOT NULL);
CREATE TABLE ai_billing_records (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id BIGINT, usage_id BIGINT NOT NULL
  REFERENCES ai_model_usage (id) ON DELETE CASCADE LINKS, billing_type VARCHAR(16) NOT NULL, total_cost DECIMAL(10,4) NOT NULL,
  unit_price FLOAT, currency VARCHAR(3) NOT NULL, billing_cycle VARCHAR(7) NOT NULL, note VARCHAR(255));
CREATE INDEX ix_bills_user ON ai_billing_records (user_id);'

# form NAME ON_UPDATE [DEFAULT]: project NAME stands ready; DEFAULT is that of created_at in the database.
form() {
    echo "$made" | sed "s/LINKS/$2/; s/created_at DATETIME NOT NULL/& ${3:-}/" | sql "$1.db"
    sql "$1.db" "$rows"
    migrate "$1" "$1.db"
    [ -s "$work/said" ] && fault "$1: the migration does not run" "$work/said"
    grep -q 'not rebuilt' "$1.sql" && fault "$1: not rebuilt" "$1.sql"
    sql "$1.db" "$seen" >"$work/said"
    [ "$(cat "$work/said")" = "$expected" ] || fault "$1: not the values that were" "$work/said"
    closed "$1" "$1.db"
    [ "$(sql "$1.db" "SELECT name FROM sqlite_master WHERE name = 'ix_bills_user'")" ] || fault "$1: the index is gone"
}

mkdir queryinterface
cat >queryinterface/20260101-tables.js <<'JS'
module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.createTable('ai_model_usage', {
      id: { type: Sequelize.BIGINT, primaryKey: true, autoIncrement: true, allowNull: false },
      user_id: { type: Sequelize.BIGINT, allowNull: false },
      model_id: { type: Sequelize.BIGINT, allowNull: false },
      request_id: { type: Sequelize.STRING(64), allowNull: false },
      usage_type: { type: Sequelize.STRING(16), allowNull: false },
      total_tokens: Sequelize.INTEGER,
      cost: Sequelize.FLOAT,
      status: { type: Sequelize.STRING(16), allowNull: false },
      created_at: { type: Sequelize.DATE, allowNull: false },
    });
    await queryInterface.createTable('ai_billing_records', {
      id: { type: Sequelize.BIGINT, primaryKey: true, autoIncrement: true, allowNull: false },
      user_id: Sequelize.BIGINT,
      usage_id: {
        type: Sequelize.BIGINT, allowNull: false,
        references: { model: 'ai_model_usage', key: 'id' }, onUpdate: 'CASCADE', onDelete: 'CASCADE',
      },
      billing_type: { type: Sequelize.STRING(16), allowNull: false },
      total_cost: { type: Sequelize.DECIMAL(10, 4), allowNull: false },
      unit_price: Sequelize.FLOAT,
      currency: { type: Sequelize.STRING(3), allowNull: false },
      billing_cycle: { type: Sequelize.STRING(7), allowNull: false },
    });
    await queryInterface.addColumn('ai_billing_records', 'note', Sequelize.STRING);
    await queryInterface.addIndex('ai_billing_records', ['user_id'], { name: 'ix_bills_user' });
  },
};
JS
form queryinterface "ON UPDATE CASCADE"

mkdir knex
cat >knex/20260101_tables.ts <<'TS'
import { Knex } from 'knex';
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('ai_model_usage', (t) => {
    t.bigIncrements('id');
    t.bigInteger('user_id').notNullable();
    t.bigInteger('model_id').notNullable();
    t.string('request_id', 64).notNullable();
    t.string('usage_type', 16).notNullable();
    t.integer('total_tokens');
    t.float('cost');
    t.string('status', 16).notNullable();
    t.datetime('created_at').notNullable();
  });
  await knex.schema.createTable('ai_billing_records', (t) => {
    t.bigIncrements('id');
    t.bigInteger('user_id');
    t.bigInteger('usage_id').notNullable().references('id').inTable('ai_model_usage').onDelete('CASCADE').onUpdate('RESTRICT');
    t.string('billing_type', 16).notNullable();
    t.decimal('total_cost', 10, 4).notNullable();
    t.float('unit_price');
    t.string('currency', 3).notNullable();
    t.string('billing_cycle', 7).notNullable();
    t.string('note');
    t.index(['user_id'], 'ix_bills_user');
  });
}
TS
form knex "ON UPDATE RESTRICT"

mkdir sequelize
cat >sequelize/models.ts <<'TS'
import { DataTypes, Model } from 'sequelize';
import { sequelize } from './db';
export class Usage extends Model {}
Usage.init({
  id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
  user_id: { type: DataTypes.BIGINT, allowNull: false },
  model_id: { type: DataTypes.BIGINT, allowNull: false },
  request_id: { type: DataTypes.STRING(64), allowNull: false },
  usage_type: { type: DataTypes.STRING(16), allowNull: false },
  total_tokens: DataTypes.INTEGER,
  cost: DataTypes.FLOAT,
  status: { type: DataTypes.STRING(16), allowNull: false },
  created_at: { type: DataTypes.DATE, allowNull: false, defaultValue: DataTypes.NOW },
}, { sequelize, tableName: 'ai_model_usage', timestamps: false });
export class Bill extends Model {}
Bill.init({
  id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
  user_id: DataTypes.BIGINT,
  usage_id: {
    type: DataTypes.BIGINT, allowNull: false,
    references: { model: 'ai_model_usage', key: 'id' }, onDelete: 'CASCADE',
  },
  billing_type: { type: DataTypes.STRING(16), allowNull: false },
  total_cost: { type: DataTypes.DECIMAL(10, 4), allowNull: false },
  unit_price: DataTypes.FLOAT,
  currency: { type: DataTypes.STRING(3), allowNull: false },
  billing_cycle: { type: DataTypes.STRING(7), allowNull: false },
  note: DataTypes.STRING,
}, { sequelize, tableName: 'ai_billing_records', timestamps: false, indexes: [{ name: 'ix_bills_user', fields: ['user_id'] }] });
TS
form sequelize "ON UPDATE CASCADE"

# The same with the link made by an association.
mkdir associated
sed '/usage_id: {/,/^  },/c\  usage_id: { type: DataTypes.BIGINT, allowNull: false },' sequelize/models.ts >associated/models.ts
echo "Bill.belongsTo(Usage, { foreignKey: 'usage_id', onDelete: 'CASCADE' });" >>associated/models.ts
form associated "ON UPDATE CASCADE"

mkdir prisma
cat >prisma/schema.prisma <<'PRISMA'
datasource db {
  provider = "sqlite"
}
model Usage {
  id           Int      @id @default(autoincrement())
  user_id      BigInt
  model_id     BigInt
  request_id   String
  usage_type   String
  total_tokens Int?
  cost         Float?
  status       String
  created_at   DateTime
  bills        Bill[]

  @@map("ai_model_usage")
}
model Bill {
  id            Int     @id @default(autoincrement())
  user_id       BigInt?
  usage_id      Int
  usage         Usage   @relation(fields: [usage_id], references: [id], onDelete: Cascade)
  billing_type  String
  total_cost    Float
  unit_price    Float?
  currency      String
  billing_cycle String
  note          String?

  @@index([user_id], map: "ix_bills_user")
  @@map("ai_billing_records")
}
PRISMA
prisma_expected=$expected
expected=$(echo "$expected" | sed 's/|0.00125|2.000000000000/|0.001250000000|2.000000000000/; s/|12.5|/|12.500000000000|/')
form prisma "ON UPDATE CASCADE"
expected=$prisma_expected

mkdir drizzle
cat >drizzle/schema.ts <<'TS'
import { sqliteTable, integer, real, text, index, numeric } from 'drizzle-orm/sqlite-core';
export const usage = sqliteTable('ai_model_usage', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  userId: integer('user_id').notNull(),
  modelId: integer('model_id').notNull(),
  requestId: text('request_id').notNull(),
  usageType: text('usage_type').notNull(),
  totalTokens: integer('total_tokens'),
  cost: real('cost'),
  status: text('status').notNull(),
  createdAt: text('created_at').notNull(),
});
export const bills = sqliteTable('ai_billing_records', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  userId: integer('user_id'),
  usageId: integer('usage_id').notNull().references(() => usage.id, { onDelete: 'cascade' }),
  billingType: text('billing_type').notNull(),
  totalCost: numeric('total_cost').notNull(),
  unitPrice: real('unit_price'),
  currency: text('currency').notNull(),
  billingCycle: text('billing_cycle').notNull(),
  note: text('note'),
}, (t) => [index('ix_bills_user').on(t.userId)]);
TS
form drizzle ""

mkdir typeorm
cat >typeorm/entities.ts <<'TS'
import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
@Entity('ai_model_usage')
export class Usage {
  @PrimaryGeneratedColumn() id: number;
  @Column('bigint') user_id: string;
  @Column('bigint') model_id: string;
  @Column('varchar', { length: 64 }) request_id: string;
  @Column('varchar', { length: 16 }) usage_type: string;
  @Column('integer', { nullable: true }) total_tokens: number;
  @Column('float', { nullable: true }) cost: number;
  @Column('varchar', { length: 16 }) status: string;
  @CreateDateColumn({ type: 'datetime' }) created_at: Date;
}
@Entity('ai_billing_records')
@Index('ix_bills_user', ['user_id'])
export class Bill {
  @PrimaryGeneratedColumn() id: number;
  @Column('bigint', { nullable: true }) user_id: string;
  @Column('bigint') usage_id: string;
  @ManyToOne(() => Usage, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'usage_id' })
  usage: Usage;
  @Column('varchar', { length: 16 }) billing_type: string;
  @Column('decimal', { precision: 10, scale: 4 }) total_cost: string;
  @Column('float', { nullable: true }) unit_price: number;
  @Column('varchar', { length: 3 }) currency: string;
  @Column('varchar', { length: 7 }) billing_cycle: string;
  @Column('varchar', { nullable: true }) note: string;
}
TS
form typeorm "" "DEFAULT (datetime('now'))"
[ "$(sql typeorm.db "SELECT dflt_value FROM pragma_table_info('ai_model_usage') WHERE name = 'created_at'")" = CURRENT_TIMESTAMP ] ||
    fault "typeorm: the default is gone"

# ---- nothing to do ----

mkdir right
"$meterlint" schema print --dialect sqlite >right/schema.sql
run 0 "already right" "$meterlint" schema migrate --dialect sqlite right
says '^-- no difference to the reference schema: nothing to do$'
[ "$(wc -l <"$work/said")" = 1 ] || fault "already right: more than a line" "$work/said"

finish
