"""A database that may come late, and a schema that is changed once per rollout, however many replicas there are."""

from __future__ import annotations

from patterns import (
    Chart,
    ConfigMapKey,
    Construct,
    Container,
    Deployment,
    JobComplete,
    Migration,
    PostgresReady,
    Probe,
    RedisReady,
    SecretKey,
    WaitFor,
)

IMAGE = "registry.example.com/orders:3.1.0"
CA = ConfigMapKey("database-ca", "ca.crt")


class WaitAndMigrate(Chart):
    """Orders: a Job changes the schema; the pods of the new version start when it has."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="orders")
        migration = Migration(
            self,
            "migrate",
            containers=[
                Container(
                    name="migrate",
                    image=IMAGE,
                    command=["orders", "migrate"],
                    # may change the schema, and is in no other container
                    env={"DATABASE_USER": "orders-owner", "DATABASE_PASSWORD": SecretKey("orders-owner", "password")},
                )
            ],
        )
        WaitFor(
            migration,
            "wait-for-db",
            until=PostgresReady(
                host="db", user="orders-owner", database="orders", password=SecretKey("orders-owner", "password"), ca=CA
            ),
        )
        orders = Deployment(
            self,
            "orders",
            replicas=3,
            containers=[
                Container(
                    name="orders",
                    image=IMAGE,
                    ports=[8080],
                    env={"DATABASE_USER": "orders", "DATABASE_PASSWORD": SecretKey("orders-runtime", "password")},
                    readiness_probe=Probe.http(8080, path="/ready"),
                )
            ],
        )
        WaitFor(orders, "wait-for-schema", until=JobComplete(name=migration.name), timeout_seconds=900)
        WaitFor(orders, "wait-for-cache", until=RedisReady(host="cache"))
