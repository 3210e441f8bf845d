/** usual: the nine usual steps, with comments. */
import { headOf, type Template } from './template.ts'

export const usual: Template = {
  name: 'usual',
  summary: 'The nine usual steps, with comments.',
  main: 'pipeline.yaml',
  run: '--input source="data/*.csv" --input output_path=out',
  files: (name) => ({ 'pipeline.yaml': template(name) }),
}

export const template = (name: string) => `${headOf(name, 'Finds, profiles, cleans, checks and publishes data')}
# Inputs of a run: siftstep run pipeline.yaml --input source="data/*.csv" --input output_path=out
inputs:
  source:            {type: string, required: true, description: "Files to read: a path, a folder or a pattern"}
  output_path:       {type: string, required: true, description: "Folder to publish to"}
  output_format:     {type: string, default: parquet, enum: [parquet, csv, json, ndjson], description: "Format of the output"}
  quality_threshold: {type: number, default: 0.9, minimum: 0, maximum: 1, description: "Score the output must reach"}
  sla_seconds:       {type: integer, default: 300, minimum: 1, description: "Seconds the run may take"}

steps:
  # 1. Find the files, detect their format, count every record.
  - id: discover_sources
    type: discover
    with:
      source: "{{ inputs.source }}"

  # 2. Compare the columns of the files; \`required: [order_id]\` requires columns.
  - id: validate_schema
    type: schema
    with:
      on_drift: {new_column: evolve, missing_column: fill}

  # 3. Measure every column: what is missing, wrong, repeated, written differently.
  - id: profile_data
    type: profile

  # 4. Fix what can be fixed, in this order; the rest goes to quarantine, with line and reason.
  - id: clean_data
    type: clean
    with:
      rules:
        - {standardize: [whitespace, null_values, case, dates, numbers, phones, emails, booleans]}
        - {deduplicate: {keys: auto, keep: first}}
        - {outliers: {method: iqr, action: flag}}
        - {consistency: auto}
        - {missing: auto}

  # 5. Add columns. \`derive: auto\` adds the usual ones; \`columns\` adds yours, as SQL expressions.
  - id: enrich_data
    type: transform
    with:
      derive: auto
      # columns:
      #   total: quantity * price

  # 6. Check the output. An \`error\` fails the run before anything is published; \`on_fail: quarantine\` quarantines the rows instead.
  - id: validate_output
    type: validate
    with:
      rules:
        - {rule_type: quality_score, min: "{{ inputs.quality_threshold }}", severity: error}
        # - {rule_type: range, column: age, min: 18, max: 120, severity: error, on_fail: quarantine}

  # 7. Publish, all at once.
  - id: export_data
    type: export
    with:
      to: "{{ inputs.output_path }}"
      format: "{{ inputs.output_format }}"

  # 8. Write down where every column came from.
  - id: track_lineage
    type: lineage

  # 9. Measure the run, and raise alerts.
  - id: monitor_pipeline
    type: monitor
    with:
      sla_seconds: "{{ inputs.sla_seconds }}"
      alerts:
        - {name: "Low quality", when: "quality_score < {{ inputs.quality_threshold }}", severity: error}
`
