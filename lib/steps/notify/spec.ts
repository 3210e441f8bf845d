/** notify: a message to people or programs. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import type { JsonObject } from '#core/json.ts'
import { CHANNEL_SECRETS, channelNamed, channelProblems, messageTexts } from '#steps/kind/channels.ts'
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

/** The message as a mail without a server: it is written to the outbox of the run. */
const keptMessage = ({ subject, text, html }: JsonObject): JsonObject => ({
  type: 'email',
  to: ['nobody@example.invalid'],
  ...(subject === undefined ? {} : { subject }),
  ...(text === undefined ? {} : { text }),
  ...(html === undefined ? {} : { html }),
})

export const notify = defineStep({
  kind: 'notify',
  shape: 'control',
  summary: 'Send a message: mail, a webhook, Slack or Teams.',
  description: `Sends one message when the step is reached. \`subject\`, \`text\` and \`html\` read \`{{ … }}\` like other settings, and what
[a message knows](../channels.md) besides: \`{{ rows.out }}\`, \`{{ score }}\`, \`{{ status }}\`. What the end of a run should say, whether it succeeds or fails, belongs
in \`notifications\` of the definition.
Mail goes out by the server of \`smtp\` or of SIFTSTEP_SMTP_URL; on AWS without one by a topic of Amazon SNS, as text, to the addresses that have
confirmed. On a laptop without a server the mail is kept as a file in \`outbox/\` of the run, or in the folder of SIFTSTEP_OUTBOX.
A message has the same id when the step is tried again or the run is resumed: mail programs and receivers of webhooks recognise it. A message that cannot
be sent fails the step, and its \`on_error\` applies.`,
  config,
  underTest: (settings) => ({ settings: keptMessage(settings as JsonObject) }),
  secrets: CHANNEL_SECRETS,
  plain: (settings) => channelNamed(settings['type'] as string)?.maybeSecrets ?? [],
  messages: (settings) => messageTexts(settings as JsonObject, []),
  check: (settings) => channelProblems(settings as JsonObject),
  result: { sent: 'Whether it was sent; false if it was kept in the outbox.', to: 'Who it was sent to.' },
  examples: [
    {
      title: 'A mail when the data is published',
      yaml: `id: send_to_the_team
type: notify
with:
  type: email
  to: [data-team@example.com]
  subject: "{{ pipeline.name }}: {{ rows.out }} rows for {{ ds }}"
  html: "<h3>Published</h3><p>{{ rows }}, quality {{ score }}</p>"
`,
    },
    {
      title: 'A signed webhook',
      yaml: `id: send_to_the_shop
type: notify
with: {type: webhook, url: "https://shop.example.com/hooks/prices", secret: "\${secret.SHOP_HOOK_KEY}"}
`,
    },
    {
      title: 'A message in Slack',
      yaml: `id: send_to_the_channel
type: notify
with: {type: slack, url: "\${secret.SLACK_URL}", text: "{{ pipeline.name }} is done: {{ rows }}"}
`,
    },
  ],
  load: async () => (await import('./behaviour.ts')).notifyBehaviour,
})
