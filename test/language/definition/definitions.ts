/** Valid definitions the tests of the language work on. */

export const NINE_STEPS = `# yaml-language-server: $schema=../schema/pipeline.schema.json
version: 1
id: data_processing_workflow
name: "Data Processing Workflow"
description: "Scalable data processing pipeline with validation and analysis"

inputs:
  source:            {type: string,  required: true,  description: "Data source path or pattern"}
  output_path:       {type: string,  required: true,  description: "Output path for processed data"}
  output_format:     {type: string,  default: parquet, enum: [parquet, csv, json, ndjson], description: "Output format"}
  chunk_size:        {type: integer, default: 10000, minimum: 1, description: "Records to process per chunk"}
  quality_threshold: {type: number,  default: 0.95, minimum: 0, maximum: 1}
  parallel_workers:  {type: integer, default: 0, description: "0 = choose from the data volume"}
  data_type:         {type: string,  default: generic}
  sla_seconds:       {type: integer, default: 300}

resources:
  workers: "{{ inputs.parallel_workers }}"
  tiers:
    - {max_bytes: 1GB,  workers: 1}
    - {max_bytes: 10GB, workers: 4}
    - {workers: 8, distributed: true}
  memory_limit: 2GB

defaults:
  timeout: 15m
  retry: {errors: [Transient], max_attempts: 3, interval: 5s, backoff_rate: 2, max_delay: 2m, jitter: full}

steps:
  - id: discover_sources
    type: discover
    with:
      source: "{{ inputs.source }}"
      chunk_rows: "{{ inputs.chunk_size }}"
    retry: {errors: [SourceUnavailable, Transient], max_attempts: 5, interval: 10s, backoff_rate: 2}

  - id: validate_schema
    type: schema
    depends_on: [discover_sources]
    with:
      on_drift: {new_column: evolve, missing_column: fail}

  - id: profile_data
    type: profile
    depends_on: [validate_schema]
    loop:
      foreach: "{{ discover_sources.result.sources }}"
      as: source_file
      parallel: true
      max_concurrency: 10
      max_items: 10000

  - id: clean_data
    type: clean
    depends_on: [profile_data]
    with:
      rules:
        - {missing: auto}
        - {standardize: [whitespace, case, dates, numbers, phones, emails]}
        - {deduplicate: {keys: auto, keep: first}}
        - {outliers: {method: iqr, action: flag}}
        - {consistency: auto}
    on_error: {continue_on_error: true, max_bad_rows: "5%"}

  - id: enrich_data
    type: transform
    depends_on: [clean_data]
    with:
      derive: auto

  - id: custom_validation
    type: validate
    depends_on: [enrich_data]
    condition: "{{ data_type }} == 'customer'"
    with:
      rules:
        - {rule_id: age_range,    rule_type: range,  column: age,   min: 18, max: 120, severity: error}
        - {rule_id: amount_pos,   rule_type: expression, expression: "order_amount > 0", severity: error}
        - {rule_id: email_format, rule_type: email,  column: email, severity: error}
        - {rule_id: phone_std,    rule_type: phone,  column: phone, format: E164, severity: warning}

  - id: validate_output
    type: validate
    depends_on: [enrich_data, custom_validation]
    with:
      rules: [{rule_type: quality_score, min: "{{ inputs.quality_threshold }}", severity: error}]

  - id: export_data
    type: export
    depends_on: [validate_output]
    with:
      to: "{{ inputs.output_path }}"
      format: "{{ inputs.output_format }}"
      compression: snappy
    on_error: {fallback: [{format: csv, compression: none}]}

  - id: track_lineage
    type: lineage
    depends_on: [export_data]
    with: {columns: true}

  - id: monitor_pipeline
    type: monitor
    depends_on: [track_lineage]
    with:
      sla_seconds: "{{ inputs.sla_seconds }}"
      alerts:
        - {name: "Quality score below threshold", when: "quality_score < {{ inputs.quality_threshold }}", severity: error}
        - {name: "Processing time exceeding SLA", when: "duration_seconds > {{ inputs.sla_seconds }}", severity: warning}
`

export const EVERY_FEATURE = `version: 1
id: every_feature
name: Every feature of the language
config:
  paths: {input: data/input, output: "\${root}/out"}
  root: data
  limits:
    chunk_rows: 5000
inputs:
  region: {type: string, default: eu, enum: [eu, us], description: Which part}
  "since": {type: string, required: true}
  columns: {type: array, default: [a, b]}
  options: {type: object, default: {deep: {er: 1}}}
  strict: {type: boolean, default: false}
concurrency: {max_parallel_steps: 4, max_active_runs: 2}
timeout: 2h
owner: data-team
tags: [etl, sales]
schedule:
  cron: "0 8 * * MON-FRI"
  timezone: Europe/Zurich
  start_date: 2026-11-21
  catchup: true
  inputs: {since: "{{ ds }}", strict: true}
triggers:
  - {type: s3, bucket: acme-inbox, prefix: incoming/, suffix: .csv, debounce: 60s, dedupe: none, inputs: {since: "{{ ds }}", columns: "{{ event.name }}"}}
  - type: event
    event_type: [order.exported, order.changed]
    source: shop
    filter_criteria: {detail: {region: [eu, {prefix: us}], amount: [{numeric: [">", 0]}]}}
    params: {since: "{{ event.detail.since }}", options: {deep: "{{ event.id }}"}}
  - {type: pipeline, pipeline: stock, status: finished, inputs: {since: "{{ event.run_id }}", columns: "{{ event.outputs }}"}}
monitoring:
  sla: 30m
  expect_every: 25h
  min_quality: 90%
  max_error_rate: 0.05
  logs: {level: WARN, retention_days: 90}
notifications:
  on_failure: {type: email, to: [data-team@example.com]}
defaults:
  resources: {memory: 512MB, max_concurrency: 8}
  retry:
    errors: [Transient, Data.NoSources, States.Timeout]
    max_attempts: 2
steps:
  - id: find
    name: Find the files
    description: Lists \${paths.input}
    type: discover
    with:
      source: {path: ["\${paths.input}/*.csv", more/*.csv], delimiter: ";", header: true, encoding: utf-8}
      chunk_rows: "\${limits.chunk_rows}"
      types: {postcode: text, "order id": integer}
      null_values: ["", NA]
  - parallel:
      - id: quality
        type: profile
        loop: {foreach: "{{ find.result.sources }}", as: file, parallel: true}
      - id: shape
        type: schema
        with: {required: [order_id], columns: {order_id: integer, placed: date}}
    id: look
    depends_on: [find]
  - id: tidy
    type: clean
    depends_on: [look]
    timeout: 5m
    fuse: false
    resources: {memory: 1GiB}
    with:
      rules:
        - missing: {columns: [price], strategy: median}
        - missing:
            columns: "*"
            strategy: constant
            value: unknown
        - {map: {column: country, values: {UK: United Kingdom, GB: United Kingdom}}}
        - {drop: [internal_note]}
        - {deduplicate: {keys: [order_id], keep: last}}
  - id: enrich
    type: transform
    with:
      operations:
        - {filter: "amount > 0 AND region = {{ region }}"}
        - {rename: {old: new}}
        - {cast: {age: int64}}
        - {add_column: {total: quantity * price}}
      columns:
        late: >-
          CASE WHEN shipped_at > {{ inputs.since }}
          THEN 'late' ELSE 'on time' END
  - id: totals
    type: transform
    condition: "{{ find.result.records }} > 0 && !({{ strict }} == true)"
    with:
      operations:
        - aggregate:
            by: [region]
            columns: {total: sum(amount), orders: count(*)}
        - {sort: [{column: total, order: desc}]}
  - id: check
    type: validate
    condition: "{{ strict }}"
    with:
      rules:
        - {rule_type: unique, columns: [region], severity: error, on_fail: quarantine}
        - {rule_type: in_set, column: region, values: [eu, us]}
        - {rule_type: row_count, min: 1}
  - id: publish
    type: export
    with:
      to: "\${paths.output}/{{ run.ds_nodash }}/{{ region }}-{{ find.result.count }}"
      format: csv
    on_error:
      continue_on_error: false
      fallback: [{format: ndjson}]
  - id: watch
    type: monitor
    depends_on: [publish]
    with:
      alerts:
        - {name: "{% 'Options ' & $string($inputs.options.deep) & $join($inputs.columns, ',') %}", when: rows_out < 1}
`

/** Definitions by name. */
export const DEFINITIONS: Readonly<Record<string, string>> = { NINE_STEPS, EVERY_FEATURE }
