#!/usr/bin/env node
// The program as it is installed: what runs it must be new enough, then the built command line takes over.
const [major] = process.versions.node.split('.').map(Number)
if (major < 20) {
  process.stderr.write(
    `siftstep needs Node.js 20 or newer, and this is ${process.versions.node}: install a newer one from https://nodejs.org\n`,
  )
  process.exitCode = 1
} else {
  import('../dist/cli.js').then(
    async ({ main, processTerminal, printUnexpected }) => {
      const terminal = processTerminal(new URL('..', import.meta.url))
      // what is thrown beside the promise of the command; its workers end with the process, and a run can be resumed
      for (const kind of ['uncaughtException', 'unhandledRejection']) {
        process.once(kind, (error) => {
          printUnexpected(error, terminal)
          process.exit(1)
        })
      }
      process.exitCode = await main(process.argv.slice(2), terminal)
    },
    (error) => {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
      process.stderr.write(`siftstep is not built (${error.message}): run npm run build\n`)
      process.exitCode = 1
    },
  )
}
