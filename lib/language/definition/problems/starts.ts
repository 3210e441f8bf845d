/** Problems of schedules and triggers: what starts runs by itself. */
import { FIND, pipeline, type ProblemEntry } from './problem-entry.ts'

export const START_PROBLEMS = {
  'invalid-cron': {
    title: 'The cron expression cannot be understood.',
    explanation:
      'It has five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). The problem stands at the field. A day of the month and a day of the week together are refused: cron would take either, and AWS cannot say that.',
    example: pipeline(FIND, 'schedule: {cron: "0 25 * * *"}\n'),
    fix: 'Correct the field the problem names.',
  },
  'unknown-timezone': {
    title: 'There is no such time zone.',
    explanation: 'Time zones are named as in the IANA database. Offsets such as `+01:00` know no summer time and are refused.',
    example: pipeline(FIND, 'schedule: {cron: "0 8 * * *", timezone: Europe/Zurch}\n'),
    fix: 'Write a name such as `Europe/Zurich`.',
  },
  'invalid-pattern': {
    title: 'The filter is not an event pattern.',
    explanation: 'In a pattern of EventBridge every value is a list of what is allowed, and comparisons are mappings with one key.',
    example: pipeline(FIND, 'triggers: [{type: event, event_type: order.exported, filter_criteria: {detail: {region: eu}}}]\n'),
    fix: 'Write `{detail: {region: [eu]}}`.',
  },
  'trigger-on-output': {
    title: 'The pipeline would start itself.',
    explanation: 'What it publishes lies where its trigger looks, so every run would start the next one.',
    example: pipeline(
      `${FIND}  - {id: publish, type: export, with: {to: "s3://acme-inbox/incoming/clean"}}\n`,
      'triggers: [{type: s3, bucket: acme-inbox, prefix: incoming/}]\n',
    ),
    fix: 'Publish to another bucket, or let the trigger look at another prefix.',
  },
} as const satisfies Record<string, ProblemEntry>
