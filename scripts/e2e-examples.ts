/**
 * `npm run e2e:examples [-- ministack | localstack [NAME...]]`: every example, or those named, is deployed to an emulator of AWS, started as its README starts it, with
 * its files in a bucket, and compared with the same run on this machine.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runAll } from '../test/emulator/chapters.ts'
import { BUCKET, exampleChapters } from '../test/emulator/example-chapter.ts'
import { openEmulator } from '../test/emulator/open-emulator.ts'
import { cdk, siftstep } from '../test/emulator/run-program.ts'
import { openServices } from '../test/emulator/services.ts'
import { whereStatesRan } from '../test/emulator/where.ts'

const emulator = await openEmulator(process.argv[2])
if ('missing' in emulator) {
  console.log(`skipped: no emulator (${emulator.missing})`)
  console.log('0 passed, 0 failed, 1 skipped')
  process.exit(0)
}
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
const env = { ...emulator.env, CDK_VALIDATION: 'false' }
const services = openServices(env)
const names = process.argv.slice(3)
const folder = mkdtempSync(join(tmpdir(), 'siftstep-examples-'))
const where = whereStatesRan()
console.log(`the examples, on ${emulator.name}`)
const failed = await runAll(
  [
    {
      title: 'bootstrap, what pipelines share, and a bucket',
      essential: true,
      run: async () => {
        await cdk(['bootstrap', 'aws://000000000000/us-east-1'], env, folder)
        await siftstep(['deploy'], env)
        await services.createBucket(BUCKET)
        return undefined
      },
    },
    ...exampleChapters({
      ...{ env, services, folder, limits: emulator.limits },
      note: (place, event) => where.take(place === 'emulator' ? emulator.name : place, event as Parameters<typeof where.take>[1]),
    }).filter(({ title }) => names.length === 0 || names.includes(title)),
  ],
  emulator,
  console.log,
)
for (const line of where.lines()) console.log(line)
await emulator.stop()
rmSync(folder, { recursive: true, force: true })
process.exitCode = failed === 0 ? 0 : 1
