/** Tables as a plugin may add them, with every kind of foreign key that a plugin can choose. */
export const shopTables = (markOnDelete: 'RESTRICT' | 'NO ACTION'): Readonly<Record<string, string>> => ({
  shop_notes: `CREATE TABLE shop_notes (workspace_id INTEGER NOT NULL, id TEXT NOT NULL, document_id TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, document_id) REFERENCES documents (workspace_id, id) ON DELETE CASCADE)`,
  shop_marks: `CREATE TABLE shop_marks (workspace_id INTEGER NOT NULL, id TEXT NOT NULL, note_id TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, note_id) REFERENCES shop_notes (workspace_id, id) ON DELETE ${markOnDelete})`,
  shop_reviews: `CREATE TABLE shop_reviews (workspace_id INTEGER NOT NULL, id TEXT NOT NULL, document_id TEXT, run_id TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, document_id) REFERENCES documents (workspace_id, id) ON DELETE NO ACTION,
    FOREIGN KEY (workspace_id, run_id) REFERENCES runs (workspace_id, id) ON DELETE NO ACTION)`,
  shop_quotes: `CREATE TABLE shop_quotes (workspace_id INTEGER NOT NULL, id TEXT NOT NULL, document_id TEXT NOT NULL,
    version INTEGER NOT NULL, PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, document_id, version)
      REFERENCES document_versions (workspace_id, document_id, version) ON DELETE CASCADE)`,
});
