/** lineage: write down where every column came from, as OpenLineage events. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

const NO_ADDRESS = { protocol: '', hostname: '', username: '', password: '' }

function endpointProblems(endpoint: string | undefined, key: string | undefined) {
  const problem = (name: string, what: string, hint: string) => [{ path: [name], what, hint }]
  if (endpoint === undefined)
    return key === undefined
      ? []
      : problem('api_key', '`api_key` is given, and nothing is sent anywhere', 'add the `endpoint` it is the key of')
  // what stands in a reference is known in a run only
  if (/\{[{%]/.test(endpoint)) return []
  const { protocol, hostname, username, password } = URL.canParse(endpoint) ? new URL(endpoint) : NO_ADDRESS
  if (protocol !== 'https:' && protocol !== 'http:')
    return problem('endpoint', `\`endpoint\` is '${endpoint}', which is no address of the web`, 'write https://host')
  if (username !== '' || password !== '')
    return problem(
      'endpoint',
      '`endpoint` holds a user or password, which would stand in the machine',
      'give a key as `api_key: ${secret.NAME}`',
    )
  if (key !== undefined && protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    return problem('endpoint', 'the key would travel to `endpoint` for everybody to read', 'write https:// instead of http://')
  return []
}

export const lineage = defineStep({
  kind: 'lineage',
  shape: 'control',
  summary: 'Write down where the output and each of its columns came from, as OpenLineage events.',
  description: `Writes \`lineage.openlineage.jsonl\` beside the run: a START and a COMPLETE event with the sources, the output, their schemas, the row and
byte counts, the data quality metrics, and for each output column the input columns it was made of and how. With \`endpoint\` the events are sent to an
OpenLineage service as well. A service that does not answer is tried again; one that refuses fails the step, as \`on_error\` of the step says.`,
  config,
  secrets: ['api_key'],
  check: ({ endpoint, api_key }) => endpointProblems(endpoint, api_key),
  result: { events: 'How many events were written.', columns: 'How many output columns were traced.' },
  examples: [
    { title: 'Lineage under a namespace of your own', yaml: 'id: track_lineage\ntype: lineage\nwith: {namespace: acme-sales}\n' },
    {
      title: 'Lineage sent to a service as well',
      yaml: 'id: track_lineage\ntype: lineage\nwith: {endpoint: "https://marquez.example.com", api_key: "${secret.LINEAGE_KEY}"}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).lineageBehaviour,
})
