/** lineage: records where every column came from, as OpenLineage events. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import type { JsonObject } from '#core/json.ts'
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

const NO_ADDRESS = { protocol: '', hostname: '', username: '', password: '' }

function endpointProblems(endpoint: string | undefined, key: string | undefined) {
  const problem = (name: string, what: string, hint: string) => [{ path: [name], what, hint }]
  if (endpoint === undefined)
    return key === undefined ? [] : problem('api_key', '`api_key` is set, but `endpoint` is not', 'add `endpoint`, or remove `api_key`')
  // a reference is resolved only in a run
  if (/\{[{%]/.test(endpoint)) return []
  const { protocol, hostname, username, password } = URL.canParse(endpoint) ? new URL(endpoint) : NO_ADDRESS
  if (protocol !== 'https:' && protocol !== 'http:')
    return problem('endpoint', `\`endpoint\` is '${endpoint}', which is not a URL`, 'write https://host')
  if (username !== '' || password !== '')
    return problem(
      'endpoint',
      '`endpoint` contains a user name or password, which would be visible in the state machine',
      'pass the key as `api_key: ${secret.NAME}`',
    )
  if (key !== undefined && protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    return problem('endpoint', 'the key would be sent to `endpoint` unencrypted', 'write https:// instead of http://')
  return []
}

export const lineage = defineStep({
  kind: 'lineage',
  shape: 'control',
  summary: 'Record where the output and each of its columns came from, as OpenLineage events.',
  description: `Writes \`lineage.openlineage.jsonl\` to the run folder: a START and a COMPLETE event with the sources, the output, their schemas, the row and
byte counts, the data quality metrics, and for each output column the input columns it was computed from and how. With \`endpoint\` the events are sent to an
OpenLineage service as well. If the service does not respond, the step retries; if it rejects an event, the step fails, and its \`on_error\` applies.`,
  config,
  underTest: ({ endpoint: _endpoint, api_key: _key, ...settings }) => ({ settings: settings as JsonObject }),
  secrets: ['api_key'],
  check: ({ endpoint, api_key }) => endpointProblems(endpoint, api_key),
  result: { events: 'Number of events written.', columns: 'Number of output columns traced.' },
  examples: [
    { title: 'Lineage under a namespace of your own', yaml: 'id: track_lineage\ntype: lineage\nwith: {namespace: acme-sales}\n' },
    {
      title: 'Lineage sent to a service as well',
      yaml: 'id: track_lineage\ntype: lineage\nwith: {endpoint: "https://marquez.example.com", api_key: "${secret.LINEAGE_KEY}"}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).lineageBehaviour,
})
