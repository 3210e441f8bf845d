/**
 * `npm run e2e:examples [-- ministack | localstack [NAME...]]`: every example, or those named, is deployed to an emulator of AWS, started as its
 * README starts it, with its files in a bucket, and compared with the same run on this machine.
 */
import { BUCKET, exampleChapters } from '../test/emulator/example-chapter.ts'
import { AWS_EXAMPLES } from '../test/emulator/examples.ts'
import { cdk, siftstep } from '../test/emulator/run-program.ts'
import { openWalk, walkThrough } from '../test/emulator/walk.ts'

const [kind, ...names] = process.argv.slice(2)
const all = AWS_EXAMPLES.map(({ name }) => name)
const unknown = names.filter((name) => !all.includes(name))
if (unknown.length > 0) throw new Error(`there is no example ${unknown.join(', ')}: use ${all.join(', ')}`)
const walk = await openWalk(kind, 'the examples', console.log)
const { emulator, env, services, folder, where } = walk
const chapters = exampleChapters({
  ...{ env, services, folder, limits: emulator.limits },
  note: (place, event) => where.take(place === 'emulator' ? emulator.name : place, event as Parameters<typeof where.take>[1]),
})
await walkThrough(walk, [
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
  ...chapters.filter(({ title }) => names.length === 0 || names.includes(title)),
])
