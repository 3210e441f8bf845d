/** Which function steps of a definition call services: only their code says so. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CompiledAsset } from '#core/assets/assets.ts'
import { startFunction } from '#io/functions/process.ts'
import type { Compiled } from '#language/compiler/compile.ts'
import { stepsOf, unitsOf } from '#language/compiler/plan.ts'

/** The ids of the function steps whose file says `needs: ['http']`. `host` is the program of their processes. */
export async function serviceSteps({ plan, assets }: Compiled, host: string): Promise<readonly string[]> {
  const own = unitsOf(plan).flatMap((unit) => (unit.unit === 'own' ? stepsOf(unit) : []))
  if (own.length === 0) return []
  const scratch = await mkdtemp(join(tmpdir(), 'siftstep-needs-'))
  const found: string[] = []
  try {
    for (const { id, with: settings } of own) {
      const { sha256 } = (settings['uses'] as unknown as CompiledAsset).$asset
      const bundle = new TextDecoder().decode(assets.find((asset) => asset.sha256 === sha256)?.content)
      const options = { host, bundle, scratch, settings: null, secrets: {}, seconds: SECONDS, megabytes: 512, print: () => {} }
      // code that does not load fails in the run, with its place
      const opened = await startFunction(options).catch(() => undefined)
      if (opened?.declared.needs.includes('http') === true) found.push(id)
      await opened?.close()
    }
    return found
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Seconds that the code may take to load. */
const SECONDS = 10
