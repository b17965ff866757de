import { images } from '../../../src/model/images.ts';
import { DEPLOYMENT, type Defect, PLAN } from '../support/defect.ts';
import { fragment } from '../support/fragment.ts';

/** Passwords where anybody can read them. */
export const secrets: readonly Defect[] = [
  {
    rule: 'plain-secrets',
    from: `${DEPLOYMENT}, authentication and .env.development`,
    what: 'hands keys and addresses with passwords to a service as plain variables',
    system: fragment((s, network) => {
      s.service('lucid-auth-service', { cluster: 'identity', port: 8089, network }).env({
        JWT_SECRET: 'dev-jwt-secret-change-in-production',
        MFA_SECRET: 'dev-mfa-secret-change-in-production',
        MONGODB_URI: 'mongodb://lucid:lucid@lucid-mongodb:27017/lucid?authSource=admin',
        REDIS_URI: 'redis://:hunter2@lucid-redis:6379/0',
        LOG_LEVEL: 'INFO',
      });
    }),
    complaints: [
      'lucid-auth-service has JWT_SECRET as plain text',
      'lucid-auth-service has MFA_SECRET as plain text',
      'lucid-auth-service: MONGODB_URI has an address with a password in it',
      'lucid-auth-service: MONGODB_URI has a password that everybody knows',
      'lucid-auth-service: REDIS_URI has an address with a password in it',
    ],
  },
  {
    rule: 'plain-secrets',
    from: `${DEPLOYMENT}, cluster 08; ${PLAN}, Redis cluster`,
    what: 'shows the password of Redis to everybody who lists processes',
    system: fragment((s, network) => {
      s.store('lucid-redis', { cluster: 'data', port: 6379, network, image: images.redis })
        .command('redis-server', '--appendonly', 'yes', '--requirepass', '$REDIS_PASSWORD')
        .probeBy({
          kind: 'command',
          command: ['redis-cli', '--no-auth-warning', '-a', '$REDIS_PASSWORD', 'ping'],
        });
    }),
    complaints: [
      'lucid-redis: its command has a password in it',
      'lucid-redis: its probe has a password in it',
    ],
  },
  {
    rule: 'plain-secrets',
    from: `${PLAN}, Grafana`,
    what: 'sets the password of the admin as a variable; in a file of configuration it would be no better',
    system: fragment((s, network) => {
      s.support('grafana', { cluster: 'ops', port: 3000, network, image: images.grafana })
        .env({ GF_SECURITY_ADMIN_USER: 'admin', GF_SECURITY_ADMIN_PASSWORD: 'admin' })
        .config({
          name: 'grafana.ini',
          mountPath: '/etc/grafana/grafana.ini',
          content: 'admin_password = admin\n',
        });
    }),
    complaints: [
      'grafana has GF_SECURITY_ADMIN_PASSWORD as plain text',
      'grafana: grafana.ini has a password in it',
    ],
  },
  {
    rule: 'secrets-and-stores',
    from: `${DEPLOYMENT}, environment file`,
    what: 'takes a password from a file that nobody has to write',
    system: fragment((s, network) => {
      s.service('lucid-auth-service', { cluster: 'identity', port: 8089, network }).secret('JWT_SECRET', {
        name: 'jwt-secret',
        format: 'base64url-64',
      });
    }),
    complaints: ['lucid-auth-service wants the unknown secret jwt-secret'],
  },
];
