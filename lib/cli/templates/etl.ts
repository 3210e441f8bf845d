/** etl: extract, transform, load into a database, validate. */
import { headOf, type Template } from './template.ts'

export const etl: Template = {
  name: 'etl',
  summary: 'Extract → Transform → Load → Validate: files into a SQLite table.',
  main: 'pipeline.yaml',
  run: '',
  files: (name) => ({
    'pipeline.yaml': definition(name),
    'input/products.csv': 'id,name,price,category\n1,Product A,29.99,Electronics\n2,Product B,19.99,Books\n3,Product C,39.99,Clothing\n',
  }),
}

const definition = (
  name: string,
) => `${headOf(name, 'Extracts files, transforms the rows, loads them into a table and validates what was loaded')}
steps:
  # 1. Extract: a path, a pattern, a bucket or a table.
  - id: extract
    type: discover
    with: {source: "input/*.csv"}

  # 2. Transform: columns are SQL expressions.
  - id: transform
    type: transform
    with:
      columns:
        price_category: "CASE WHEN price < 25 THEN 'Low' WHEN price < 35 THEN 'Medium' ELSE 'High' END"

  # Rows that break a rule are quarantined, not loaded.
  - id: check_rows
    type: validate
    with:
      rules:
        - {rule_type: not_null, column: id, on_fail: quarantine}
        - {rule_type: range, column: price, min: 0, on_fail: quarantine}

  # 3. Load: the table shows all rows at once.
  - id: load
    type: load
    with: {to: "sqlite://warehouse.db", table: products, mode: replace, verify: row_count}

  # 4. Validate: every row that was read must be accounted for.
  - id: validate_load
    type: verify
`
