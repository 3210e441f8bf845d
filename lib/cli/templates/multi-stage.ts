/** multi-stage: a pipeline in stages, with its configuration and data in folders of their own. */
import { headOf, type Template } from './template.ts'

export const multiStage: Template = {
  name: 'multi-stage',
  summary: 'Ingest → Process in parallel → Verify → Report every morning, with a config file and folders for data.',
  main: 'main.yaml',
  run: '',
  files: (name) => ({
    'main.yaml': definition(name),
    'storage/config.yaml': CONFIG,
    'data/raw/sales.csv': 'order_id,day,amount\n1,2024-01-01,10.50\n2,2024-01-02,7.25\n3,2024-01-03,12.00\n',
    'data/raw/visits.csv': 'day,person\n2024-01-01,ana\n2024-01-01,ben\n2024-01-02,ana\n',
    'data/processed/.gitkeep': '',
    'data/output/.gitkeep': '',
    'README.md': readme(name),
  }),
}

const CONFIG = `# Values for \${…} in main.yaml. This file is found by its place; another is given with --config FILE.
paths:
  raw: data/raw
  processed: data/processed
  output: data/output
min_quality: 0.8
`

const definition = (name: string) => `${headOf(name, 'Processes files side by side, checks what was written, and reports')}
# On AWS every morning; here, siftstep run starts it.
schedule: {cron: "0 6 * * *", timezone: UTC, catchup: false}
defaults: {retry: {max_attempts: 3, interval: 5s}}

steps:
  # Stage 1: ingest and process, side by side.
  - parallel:
      - id: sales
        type: process
        with: {source: "\${paths.raw}/sales.csv", to: "\${paths.processed}/sales.csv"}
      - id: visits
        type: process
        with: {source: "\${paths.raw}/visits.csv", to: "\${paths.processed}/visits.csv"}

  # Stage 2: verify what was written.
  - id: check_files
    type: verify
    with: {files: "\${paths.processed}/*.csv", min_files: 2}
  - id: good_enough
    type: gate
    with: {pass_when: "{{ check_files.result.quality_score }} > \${min_quality}", else: skip_rest}

  # Stage 3: report.
  - parallel:
      - id: sales_report
        type: report
        with: {from: sales, title: Sales, stats: {orders: count(*), total: sum(amount)}, to: "\${paths.output}/sales.txt"}
      - id: visits_report
        type: report
        with: {from: visits, title: Visits, stats: {visits: count(*), people: count(distinct person)}, to: "\${paths.output}/visits.txt"}
  - id: everything
    type: report
    with: {combine: [sales_report, visits_report], title: Everything, to: "\${paths.output}/everything.txt"}
  - id: figures
    type: stats
    with: {show: [duration, rows]}
`

const readme = (name: string) => `# ${name.replace(/[\r\n]+/g, ' ')}

\`\`\`text
main.yaml             the pipeline
storage/config.yaml   values for \${…} in it
data/raw/             what is read
data/processed/       what the steps publish
data/output/          reports
\`\`\`

Check it with \`siftstep validate main.yaml\`, run it with \`siftstep run main.yaml\`, draw it with \`siftstep graph main.yaml\`.
`
