#!/bin/sh
# schema print and migrate --format prisma: the models printed have no difference to the reference,
# a poor schema with the printed edits has none either, and what the project wrote itself is kept.
#
#   schema_prisma.sh METERLINT
set -u
meterlint=$1
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 2

# keeps TEXT: the last output has this line, word for word.
keeps() {
    grep -qF -- "$1" "$work/said" || fault "$label: without: $1" "$work/said"
}
lacks() {
    grep -qE -- "$1" "$work/said" && fault "$label: has /$1/" "$work/said"
}

# ---- the reference ----

for dialect in mysql postgres sqlite; do
    mkdir "printed-$dialect"
    run 0 "print $dialect" "$meterlint" schema print --format prisma --dialect $dialect
    case $dialect in
    sqlite) lacks '^[^/]*(@db\.|^enum |map: "fk_)' ;;
    *) keeps 'totalCost Decimal @map("total_cost") @db.Decimal(28, 12)' && keeps 'enum BillingType {' ;;
    esac
    cp "$work/said" "printed-$dialect/schema.prisma"
    run 0 "round trip $dialect" "$meterlint" schema diff "printed-$dialect"
    says '^no difference'
    run 0 "nothing to do $dialect" "$meterlint" schema migrate --format prisma "printed-$dialect"
    says '^// no difference to the reference schema: nothing to do$'
done
# The round trip can fail: without a field, a key, or digits there is a difference.
for edit in '/billingCycle /d' '/@@unique/d' 's/Decimal(28, 12)/Decimal(10, 4)/'; do
    mkdir -p less && sed "$edit" printed-mysql/schema.prisma >less/schema.prisma
    run 1 "less: $edit" "$meterlint" schema diff less
done

# ---- a poor schema ----

# poor PROVIDER MONEY: writes it, native types left out for SQLite.
poor() {
    cat <<PRISMA | if [ "$1" = sqlite ]; then sed 's/ @db\.[A-Za-z]*\(([0-9, ]*)\)\{0,1\}//'; else cat; fi
datasource db {
  provider = "$1"
}

// the kinds
enum BillingType {
  token
  count // by image
}

model User {
  id    Int @id @default(autoincrement())
  bills AiBillingRecord[]
}

model AiModelUsage {
  id          Int      @id @default(autoincrement())
  userId      BigInt   @map("user_id")
  modelId     BigInt   @map("model_id")
  requestId   String   @map("request_id") @db.VarChar(64)
  usageType   String   @map("usage_type") @db.VarChar(16)
  totalTokens Int?     @map("total_tokens")
  cost        Float    @default(0) // money
  status      String   @db.VarChar(16)
  ownNote     String?  @map("own_note") @db.VarChar(64) // the project's own
  createdAt   DateTime @map("created_at")
  bills       AiBillingRecord[]

  @@map("ai_model_usage")
}

model AiBillingRecord {
  id          BigInt       @id @default(autoincrement())
  userId      Int?         @map("user_id")
  user        User?        @relation(fields: [userId], references: [id])
  usageId     Int          @map("usage_id")
  usage       AiModelUsage @relation(fields: [usageId], references: [id], onDelete: Cascade)
  billingType BillingType? @map("billing_type")
  totalCost   Decimal      @map("total_cost") @db.Decimal(20, 4)
  unitPrice   Float?       @map("unit_price") $2
  currency    String       @db.Char(3)

  @@index([userId])
  @@map("ai_billing_records")
}
PRISMA
}

# closes NAME: the printed edits of project NAME leave no difference.
closes() {
    run 1 "$1 is poor" "$meterlint" schema diff "$1"
    run 0 "$1" "$meterlint" schema migrate --format prisma "$1"
    keeps '  ownNote     String?  @map("own_note")'
    keeps '  count // by image'
    keeps '// the kinds'
    keeps '  @@index([userId])'
    keeps 'onDelete: Restrict)'
    lacks 'Cascade'
    rm -rf mended && mkdir mended && cp "$work/said" mended/schema.prisma
    run 0 "$1 again" "$meterlint" schema diff mended
    says '^no difference'
    run 0 "$1 once more" "$meterlint" schema migrate --format prisma mended
    says 'nothing to do'
}
mkdir -p poor-mysql/prisma poor-postgresql/prisma poor-sqlite/prisma
poor mysql '@db.Double' >poor-mysql/prisma/schema.prisma
poor postgresql '@db.DoublePrecision' >poor-postgresql/prisma/schema.prisma
poor sqlite '' >poor-sqlite/prisma/schema.prisma
closes poor-sqlite
cp mended/schema.prisma "$work/said"
label=poor-sqlite
keeps '  cost        String    @default("0") // money'
closes poor-postgresql
closes poor-mysql
cp mended/schema.prisma "$work/said"
label=poor-mysql
keeps '// prisma/schema.prisma'
keeps '@default(0) @db.Decimal(28, 12) // money'
keeps '  usageId     BigInt          @map("usage_id")'
keeps '  user        User        @relation(onDelete: Restrict, fields: [userId], references: [id])'
keeps '  character'
[ "$(grep -c '^enum BillingType {' "$work/said")" = 1 ] || fault "poor-mysql: an enumeration twice"

# Migrations that say the same do not hide what the models lack.
cp -r poor-mysql both && mkdir -p both/prisma/migrations/1
"$meterlint" schema print --dialect mysql >both/prisma/migrations/1/migration.sql
run 0 "models beside migrations" "$meterlint" schema migrate --format prisma both
keeps 'totalCost   Decimal      @map("total_cost") @db.Decimal(28,12)'

# ---- where it cannot be done ----

mkdir none
echo 'CREATE TABLE ai_model_usage (id BIGINT PRIMARY KEY);' >none/schema.sql
run 0 "no models" "$meterlint" schema migrate --format prisma --dialect postgres none
says '^// The complete models: no model of the project'
says 'provider = "postgresql"'

mkdir twice
poor mysql '' >twice/a.prisma
poor mysql '' >twice/b.prisma
mkdir -p twice/a twice/b && mv twice/a.prisma twice/a/schema.prisma && mv twice/b.prisma twice/b/schema.prisma
run 0 "two models" "$meterlint" schema migrate --format prisma twice
says '^// The complete models: a table has several models'

run 2 "unknown format" "$meterlint" schema print --format yaml
says 'sql, sequelize or prisma'

finish
