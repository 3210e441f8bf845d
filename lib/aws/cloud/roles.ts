/** Roles of services, with exactly the permissions they are given. */
import { Aws, Stack } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { explainWildcards } from './explain.ts'
import type { Permission } from './permission.ts'
import { REASONS } from './template-diff.ts'

const LAMBDA = 'lambda.amazonaws.com'

/**
 * Characters of all policies in a role, of a managed policy, and managed policies of a role. The reserve is for names that are known only
 * when they are deployed, and for the policy of a machine on its own executions. Source: IAM user guide, "IAM and AWS STS quotas".
 */
const MAX_INLINE = 10_240
const MAX_MANAGED = 6144
const MAX_POLICIES = 10
const RESERVE = 1500

/**
 * A role with these permissions and no others: in the role itself, or in managed policies where they are too long for it. A role that is
 * given gets them beside those it has.
 */
export function roleWith(
  scope: Construct,
  id: string,
  service: string,
  description: string,
  permissions: readonly Permission[],
  given?: iam.IRole,
): iam.IRole {
  giveReasons(scope, permissions)
  if (given !== undefined) return extended(scope, id, given, permissions)
  const principal = new iam.ServicePrincipal(service)
  const fits = sizeOf(permissions) <= MAX_INLINE - RESERVE
  const role = new iam.Role(scope, id, {
    // services that act for others must be called from this account; Lambda has no such condition
    assumedBy: service === LAMBDA ? principal : principal.withConditions({ StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } }),
    description,
    ...(fits ? { inlinePolicies: { Permissions: documentOf(permissions) } } : { managedPolicies: managedPolicies(scope, id, permissions) }),
  })
  if (fits) explainWildcards(role, permissions)
  return role
}

function extended(scope: Construct, id: string, role: iam.IRole, permissions: readonly Permission[]): iam.IRole {
  if (sizeOf(permissions) > MAX_INLINE - RESERVE)
    for (const policy of managedPolicies(scope, id, permissions)) role.addManagedPolicy(policy)
  else {
    const policy = new iam.Policy(scope, `${id}Permissions`, { document: documentOf(permissions) })
    role.attachInlinePolicy(policy)
    explainWildcards(policy, permissions)
  }
  return role
}

/** The role for constructs of the CDK, which would add permissions of their own. */
export const unchanged = (scope: Construct, id: string, role: iam.IRole): iam.IRole =>
  role instanceof iam.Role ? role.withoutPolicyUpdates() : iam.Role.fromRoleArn(scope, id, role.roleArn, { mutable: false })

/** The policies are made before the role, so that a function never runs without them. */
function managedPolicies(scope: Construct, role: string, permissions: readonly Permission[]): iam.ManagedPolicy[] {
  const packs = packsOf(permissions)
  const [long] = packs.flat().filter((permission) => sizeOf([permission]) > MAX_MANAGED)
  if (long !== undefined)
    throw new Error(`${long.sid} of ${role} is longer than the ${MAX_MANAGED} characters of a policy: name fewer prefixes of one bucket`)
  if (packs.length > MAX_POLICIES)
    throw new Error(
      `${role} needs ${packs.length} policies of ${MAX_MANAGED} characters; a role has at most ${MAX_POLICIES}: name fewer locations, such as a common prefix of several sources`,
    )
  return packs.map((pack, at) => {
    const policy = new iam.ManagedPolicy(scope, `${role}Policy${at + 1}`, { document: documentOf(pack) })
    explainWildcards(policy, pack)
    return policy
  })
}

/** Permissions in groups that fit into a managed policy each; one with too many resources is divided. */
function packsOf(permissions: readonly Permission[]): readonly (readonly Permission[])[] {
  const packs: Permission[][] = [[]]
  for (const part of permissions.flatMap((permission) => partsOf(permission))) {
    const last = packs.at(-1) ?? []
    if (sizeOf([...last, part]) <= MAX_MANAGED - RESERVE) last.push(part)
    else packs.push([part])
  }
  return packs
}

function partsOf(permission: Permission): readonly Permission[] {
  if (sizeOf([permission]) <= MAX_MANAGED - RESERVE || permission.resources.length < 2) return [permission]
  const half = Math.ceil(permission.resources.length / 2)
  return [
    ...partsOf({ ...permission, sid: `${permission.sid}A`, resources: permission.resources.slice(0, half) }),
    ...partsOf({ ...permission, sid: `${permission.sid}B`, resources: permission.resources.slice(half) }),
  ]
}

const sizeOf = (permissions: readonly Permission[]) =>
  JSON.stringify(permissions.map((permission) => statementOf(permission).toStatementJson() as object)).length

/** Puts the reasons of permissions into the metadata of the template, where `siftstep deploy --diff` finds them. */
export function giveReasons(scope: Construct, permissions: readonly Permission[]): void {
  const { templateOptions } = Stack.of(scope)
  const known = (templateOptions.metadata?.[REASONS] ?? {}) as { readonly [sid: string]: string }
  const reasons = Object.fromEntries(permissions.map(({ sid, reason }) => [sid, reason]))
  templateOptions.metadata = { ...templateOptions.metadata, [REASONS]: { ...known, ...reasons } }
}

const documentOf = (permissions: readonly Permission[]) => new iam.PolicyDocument({ statements: permissions.map(statementOf) })

export function statementOf({ sid, effect, actions, resources, conditions }: Permission): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid,
    effect: effect === 'Deny' ? iam.Effect.DENY : iam.Effect.ALLOW,
    actions: [...actions],
    resources: [...resources],
    ...(conditions === undefined ? {} : { conditions }),
  })
}
