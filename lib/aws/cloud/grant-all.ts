/** Permissions for roles and users outside the pipeline. */
import type * as iam from 'aws-cdk-lib/aws-iam'
import type { Permission } from './permission.ts'
import { statementOf } from './roles.ts'

/** Fails if the grantee has no policy of its own. */
export function grantAll(grantee: iam.IGrantable, permissions: readonly Permission[]): void {
  for (const permission of permissions)
    if (!grantee.grantPrincipal.addToPrincipalPolicy(statementOf(permission)).statementAdded)
      throw new Error(`${permission.sid} cannot be granted to ${String(grantee)}: it has no policy; give a role, a user or a function`)
}
