/** file-drop: waits for files, processes and archives each, and notifies. */
import { headOf, type Template } from './template.ts'

export const fileDrop: Template = {
  name: 'file-drop',
  summary: 'Monitor → Process → Archive → Notify: each file that arrives in a folder.',
  main: 'pipeline.yaml',
  run: '',
  files: (name) => ({
    'pipeline.yaml': definition(name),
    'input/north.csv': 'order_id,amount\n1,10.50\n2,7.25\n',
    'input/south.csv': 'order_id,amount\n3,99.00\n',
  }),
}

const definition = (name: string) => `${headOf(name, 'Processes each file that has arrived, archives it, and notifies the team')}
# On AWS every 30 minutes; here, siftstep run starts it.
schedule: {every: 30m, catchup: false}

steps:
  # 1. Monitor: files that are still being written wait for the next run. Without any file, the rest is skipped.
  - id: watch
    type: sensor
    with: {files: "input/*.csv", settle: 1s, on_empty: skip}

  # 2. Process and 3. archive: one file after another; a file that fails does not stop the others.
  - id: process_files
    type: process
    loop: {foreach: "{{ watch.result.files }}", as: file, parallel: true, on_item_error: continue, min_success: 1}
    with:
      source: "{{ file.uri }}"
      columns: {processed_at: "timestamp('{{ run.started_at }}')"}
      to: "processed/processed_{{ file.name }}"
      archive_to: "archive/{{ file.name }}"

  # 4. Notify: without a mail server, the message is kept in the outbox of the run.
  - id: notify_team
    type: notify
    with:
      type: email
      to: [data-team@example.com]
      subject: "{{ pipeline.name }}: files of {{ ds }} processed"
      html: "<p>{{ rows }}</p>"
`
