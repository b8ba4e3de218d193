-- The tables of schema.prisma, as `prisma migrate` writes them.
CREATE TABLE "Sample" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "text" TEXT,
  "int" INTEGER,
  "big" BIGINT,
  "float" REAL,
  "decimal" DECIMAL,
  "bool" BOOLEAN,
  "at" DATETIME,
  "bytes" BLOB,
  "json" JSONB,
  "colour" TEXT
);
CREATE TABLE "Author" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "email" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "age" INTEGER CHECK ("age" >= 0)
);
CREATE UNIQUE INDEX "Author_email_key" ON "Author"("email");
CREATE TABLE "Post" (
  "a" TEXT NOT NULL,
  "b" TEXT NOT NULL,
  "authorId" INTEGER NOT NULL,
  PRIMARY KEY ("a", "b"),
  CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "Author" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE TABLE "Counter" ("id" INTEGER NOT NULL PRIMARY KEY, "value" INTEGER NOT NULL);
