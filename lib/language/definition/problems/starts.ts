/** Problems of schedules and triggers. */
import { FIND, pipeline, type ProblemEntry } from './problem-entry.ts'

export const START_PROBLEMS = {
  'invalid-cron': {
    title: 'Invalid cron expression.',
    explanation:
      'It has five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). The problem is reported at the field. A day of the month and a day of the week cannot be combined: cron would match either, which AWS cannot express.',
    example: pipeline(FIND, 'schedule: {cron: "0 25 * * *"}\n'),
    fix: 'Correct the reported field.',
  },
  'unknown-timezone': {
    title: 'Unknown time zone.',
    explanation:
      'Time zones have the names of the IANA database. Offsets such as `+01:00` have no daylight saving time and are not accepted.',
    example: pipeline(FIND, 'schedule: {cron: "0 8 * * *", timezone: Europe/Zurch}\n'),
    fix: 'Use a name such as `Europe/Zurich`.',
  },
  'invalid-pattern': {
    title: 'Invalid event pattern.',
    explanation: 'In an EventBridge pattern every value is a list of allowed values, and comparisons are mappings with one key.',
    example: pipeline(FIND, 'triggers: [{type: event, event_type: order.exported, filter_criteria: {detail: {region: eu}}}]\n'),
    fix: 'Write `{detail: {region: [eu]}}`.',
  },
  'trigger-on-output': {
    title: 'The pipeline would start itself.',
    explanation: 'Its output is within the location of its trigger, so every run would start the next one.',
    example: pipeline(
      `${FIND}  - {id: publish, type: export, with: {to: "s3://acme-inbox/incoming/clean"}}\n`,
      'triggers: [{type: s3, bucket: acme-inbox, prefix: incoming/}]\n',
    ),
    fix: 'Publish to another bucket, or use another prefix for the trigger.',
  },
  'trigger-cycle': {
    title: 'Pipelines would start each other forever.',
    explanation:
      'A pipeline starts after itself, or after a pipeline that starts after it, also through others. `validate`, `serve` and `deploy` find this among all pipelines they are given. `a → b` means that a run of a starts one of b.',
    example: pipeline(FIND, 'triggers: [{type: pipeline, pipeline: sales}]\n'),
    fix: 'Remove one of the triggers.',
  },
  'trigger-on-run': {
    title: 'The trigger waits where runs write their own files.',
    explanation:
      'In the data bucket of a deployment, runs write below `runs/`, `starts/` and `state/`. A trigger there would start a run for each of these files, and each run would start the next one. `siftstep deploy` knows the bucket and refuses such a trigger, also one without a prefix; elsewhere this is a warning.',
    example: pipeline(FIND, 'triggers: [{type: s3, bucket: acme-data, prefix: runs/}]\n'),
    fix: 'Use a prefix that no run writes to, such as `incoming/`.',
  },
} as const satisfies Record<string, ProblemEntry>
