/** `npm run emulator [-- ministack | localstack]`: AWS on this machine until it is stopped with ctrl-C. */
import { openEmulator } from '../test/emulator/open-emulator.ts'

const emulator = await openEmulator(process.argv[2], Number(process.env['GATEWAY_PORT'] ?? 4566))
if ('missing' in emulator) {
  console.error(`no emulator: ${emulator.missing}`)
  process.exitCode = 1
} else {
  console.log(`${emulator.name} is ready. In another terminal:\n`)
  for (const [name, value] of Object.entries(emulator.env)) console.log(`export ${name}=${value}`)
  console.log('\nctrl-C stops it and deletes its data.')
  const idle = setInterval(() => {}, 60_000)
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      clearInterval(idle)
      void emulator.stop()
    })
}
