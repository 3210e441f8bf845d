/** The image and the manifest of siftstep serve: what they start exists, and what belongs together has one name. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { readArgs } from '#cli/arguments/args.ts'
import { serve } from '#cli/commands/serve.ts'
import { version } from '#cli/terminal/version.ts'

const FOLDER = resolve(import.meta.dirname, '../../../deploy/serve')
const textOf = (name: string) => readFileSync(resolve(FOLDER, name), 'utf8')

interface Named {
  readonly name: string
}
interface Resource {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Named & { readonly labels?: object }
  // biome-ignore lint/suspicious/noExplicitAny: a resource of any kind
  readonly spec: any
}
const documents = parseAllDocuments(textOf('kubernetes.yaml'), { strict: true, uniqueKeys: true })
const resources = documents.map((document) => document.toJS() as Resource)
const resource = (kind: string) => {
  const found = resources.find((one) => one.kind === kind)
  if (found === undefined) throw new Error(`no ${kind}`)
  return found
}

describe('the manifest for Kubernetes', () => {
  const { spec } = resource('Deployment')
  const pod = spec.template.spec
  const [container] = pod.containers

  it('is YAML without errors, of kinds and versions that are stable', () => {
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([])
    expect(resources.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
      'v1 PersistentVolumeClaim',
      'apps/v1 Deployment',
      'v1 Service',
    ])
    for (const { metadata } of resources) expect(metadata.name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
  })

  it('starts the command with flags that it has, and with the token of the secret', () => {
    const args = readArgs(serve, container.args)
    expect(args.positionals).not.toEqual([])
    expect(args.value('http')?.split(':')).toEqual(['0.0.0.0', String(container.ports[0].containerPort)])
    const file = args.value('token-file') ?? ''
    const mount = container.volumeMounts.find((one: { mountPath: string }) => file.startsWith(`${one.mountPath}/`))
    const volume = pod.volumes.find((one: Named) => one.name === mount.name)
    expect(volume.secret.items.map((item: { path: string }) => `${mount.mountPath}/${item.path}`)).toContain(file)
  })

  it('mounts volumes that it declares, and the claim that it makes', () => {
    const names = pod.volumes.map(({ name }: Named) => name)
    for (const mount of container.volumeMounts) expect(names).toContain(mount.name)
    const claims = pod.volumes.flatMap(
      (volume: { persistentVolumeClaim?: { claimName: string } }) => volume.persistentVolumeClaim?.claimName ?? [],
    )
    expect(claims).toEqual([resource('PersistentVolumeClaim').metadata.name])
  })

  it('selects its own pods, and sends requests and probes to a port that they have', () => {
    const labels = spec.template.metadata.labels
    expect(labels).toMatchObject(spec.selector.matchLabels)
    expect(labels).toMatchObject(resource('Service').spec.selector)
    const ports = container.ports.map(({ name }: Named) => name)
    expect(ports).toContain(resource('Service').spec.ports[0].targetPort)
    for (const probe of [container.livenessProbe, container.readinessProbe])
      expect([ports.includes(probe.httpGet.port), probe.httpGet.path]).toEqual([true, '/health'])
  })

  it('runs one pod on a volume of one node, which stops before the next one starts', () => {
    expect(resource('PersistentVolumeClaim').spec.accessModes).toEqual(['ReadWriteOnce'])
    expect([spec.replicas, spec.strategy.type]).toEqual([1, 'Recreate'])
  })

  it('runs without the rights of root', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 })
    expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } })
  })
})

describe('the image', () => {
  const lines = textOf('Dockerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const argsOf = (instruction: string) =>
    JSON.parse(lines.find((line) => line.startsWith(`${instruction} [`))?.slice(instruction.length) ?? '[]')

  it('installs this version, and runs as another user than root', () => {
    expect(lines.find((line) => line.startsWith('RUN npm'))).toContain(`siftstep@${version} `)
    expect(lines.indexOf('USER node')).toBeLessThan(lines.findIndex((line) => line.startsWith('ENTRYPOINT')))
  })

  it('starts the command directly, with flags that it has', () => {
    expect(argsOf('ENTRYPOINT')).toEqual(['siftstep', 'serve'])
    expect(readArgs(serve, argsOf('CMD')).positionals).not.toEqual([])
  })
})
