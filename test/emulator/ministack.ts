/** MiniStack (MIT, Python, no Docker), installed into a virtual environment below node_modules/.cache when it is first started. */
import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type EmulatorKind, installPython, root } from './emulator.ts'

const VERSION = '1.5.33'
/** Beside MiniStack: its server, and a package that some of its custom resources import. */
const PACKAGES = [`ministack==${VERSION}`, 'hypercorn==0.18.0']

export const miniStack: EmulatorKind = {
  kind: 'ministack',
  name: `MiniStack ${VERSION}`,
  limits: {
    'names of errors': 'every error of a function is Runtime.HandlerError',
    'distributed maps': 'no ResultWriter, and no JSONata in distributed maps',
    'variables of parallel states': 'Assign of a Parallel state is ignored',
    'metric math': 'no alarms on a formula over metrics',
    'variables of a tested state': 'TestState ignores the variables it is given',
    'moments of schedules': 'the placeholder of the moment is not filled in',
  },
  prepare() {
    const venv = join(root, 'node_modules', '.cache', `ministack-${VERSION}`)
    const command = join(venv, 'bin', 'ministack')
    if (!existsSync(command)) {
      mkdirSync(join(venv, '..'), { recursive: true })
      const problem = installPython({ python: 'python3', venv, packages: PACKAGES, name: 'MiniStack' })
      if (problem !== undefined) return problem
    }
    return (port, folder) => ({
      command,
      args: [],
      env: {
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: String(port),
        STATE_DIR: join(folder, 'state'),
        S3_DATA_DIR: join(folder, 's3'),
        // Lambdas run on the first node there is: that of the project
        PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
        NODE_PATH: join(root, 'node_modules'),
      },
    })
  },
}
