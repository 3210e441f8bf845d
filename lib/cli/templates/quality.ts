/** quality: loads data, validates and cleans it, and reports. */
import { headOf, type Template } from './template.ts'

export const quality: Template = {
  name: 'quality',
  summary: 'Load → Validate → Clean → Report: what is wrong with data, fixed and reported.',
  main: 'pipeline.yaml',
  run: '',
  files: (name) => ({
    'pipeline.yaml': definition(name),
    'input/customers.csv': `customer_id,name,email,age\n${ROWS.join('\n')}\n`,
  }),
}

/** Thirty good rows, one that is repeated, one with spaces, and one that breaks a rule. */
const ROWS = [
  ...Array.from({ length: 30 }, (_, at) => `${at + 1},Customer ${at + 1},customer${at + 1}@example.com,${20 + at}`),
  '30,Customer 30,customer30@example.com,49',
  '31,  Customer 31 ,CUSTOMER31@EXAMPLE.COM,31',
  '32,Customer 32,customer32@example.com,240',
]

const definition = (name: string) => `${headOf(name, 'Finds what is wrong with data, fixes what can be fixed, and reports')}
steps:
  # 1. Load, and measure every column.
  - id: load_data
    type: discover
    with: {source: "input/*.csv"}
  - id: profile_data
    type: profile

  # 2. Validate: rows that break a rule are quarantined with line and reason.
  - id: validate_data
    type: validate
    with:
      rules:
        - {rule_type: not_null, column: customer_id, on_fail: quarantine}
        - {rule_type: range, column: age, min: 0, max: 120, on_fail: quarantine}

  # 3. Clean.
  - id: clean_data
    type: clean
    with:
      rules:
        - {standardize: [whitespace, null_values, emails]}
        - {deduplicate: {keys: [customer_id], keep: first}}
  - id: publish
    type: export
    with: {to: clean/customers.csv}

  # 4. Report.
  - id: quality_report
    type: report
    with: {from: publish, title: Customers, stats: {customers: count(*), average_age: avg(age)}, sample_rows: 3, to: clean/report.txt}
`
