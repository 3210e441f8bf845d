/** Writes lineage: a START and a COMPLETE event of the whole run. */
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { openLineageEvents } from './openlineage.ts'
import { config } from './config.ts'
import { sendEvents } from './send.ts'

export const lineageBehaviour: ControlBehaviour = {
  run: async (settings, { store, workspace, run, pipeline, now, log }, loadArtifacts) => {
    const { namespace, columns, endpoint, api_key } = config.parse(settings)
    const artifacts = await loadArtifacts()
    const events = openLineageEvents(artifacts, { namespace, columns: Boolean(columns), run, pipeline, now: now().toISOString() })
    await store.write(workspace.lineage, `${events.map((event) => JSON.stringify(event)).join('\n')}\n`)
    if (endpoint !== undefined) await sendEvents(events, { endpoint, api_key }, log)
    const traced = artifacts.segments.at(-1)?.file.lineage.length ?? 0
    return {
      result: { events: events.length, columns: traced },
      report: {
        level: 'ok',
        message: `Lineage documented (${traced} columns traced${endpoint === undefined ? '' : `; sent to ${endpoint}`})`,
        lines: [],
      },
    }
  },
}
