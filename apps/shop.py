"""A shop in production: a web application with its logs and pages, a nightly job, and a store with a disk."""

from __future__ import annotations

from patterns import (
    Chart,
    Construct,
    Container,
    CronJob,
    Deployment,
    Elasticsearch,
    InitContainer,
    InitFileSeeder,
    LoggingSidecar,
    Probe,
    ResourceRequirements,
    SecretKey,
    Security,
    Service,
    ServicePort,
    SharedScratch,
    StatefulSet,
    VolumeClaim,
)

IMAGE = "registry.example.com/shop:1.4.2"
APPLICATION = Security(run_as_user=10001, run_as_group=10001, fs_group=10001)
LOGS = Elasticsearch(
    url="https://logs.example.com:9200",
    index="shop",
    user="shop",
    password=SecretKey("es", "password"),
)


class Shop(Chart):
    """Web, nightly report and session store."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="shop")
        self.web()
        self.report()
        self.sessions()

    def web(self) -> None:
        """The application writes access.log to a file; its static pages come from this repository."""
        web = Deployment(
            self,
            "web",
            replicas=2,
            max_unavailable=0,
            security=APPLICATION,
            containers=[
                Container(
                    name="app",
                    image=IMAGE,
                    ports=[8080],
                    env={"LOG_DIR": "/var/log/app", "DATABASE_PASSWORD": SecretKey("shop-db", "password")},
                    resources=ResourceRequirements(
                        requests={"cpu": "250m", "memory": "256Mi"},
                        limits={"memory": "512Mi"},
                    ),
                    readiness_probe=Probe.http(8080, path="/ready", period_seconds=5),
                )
            ],
        )
        logs = SharedScratch(web, "app-logs", mount_path="/var/log/app", size_limit="256Mi")
        pages = SharedScratch(web, "pages", mount_path="/srv/www", size_limit="16Mi", writers=[], readers=["app"])
        InitFileSeeder(web, "seed-pages", into=pages.mount, files={"index.html": "<h1>Shop</h1>\n"})
        InitContainer(
            web,
            "migrate",
            container=Container(
                name="migrate",
                image=IMAGE,
                command=["shop", "migrate", "--wait"],
                env={"DATABASE_PASSWORD": SecretKey("shop-db", "migration-password")},
            ),
            after=["seed-pages"],
        )
        LoggingSidecar(web, "log-shipper", logs=logs.mount, files=["access.log"], to=LOGS, before=["migrate"])
        Service(self, "web-service", workload=web, ports=[ServicePort(port=80, target_port=8080)])

    def report(self) -> None:
        """A Job whose log is shipped too: the native sidecar ends with the Job."""
        report = CronJob(
            self,
            "report",
            schedule="15 3 * * *",
            time_zone="Etc/UTC",
            concurrency_policy="Forbid",
            backoff_limit=2,
            active_deadline_seconds=3600,
            security=APPLICATION,
            containers=[Container(name="report", image=IMAGE, command=["shop", "report"])],
        )
        logs = SharedScratch(report, "report-logs", mount_path="/var/log/report", size_limit="64Mi")
        LoggingSidecar(report, "log-shipper", logs=logs.mount, files=["report.log"], to=LOGS)

    def sessions(self) -> None:
        """A store that keeps its data on a disk of its own."""
        data = VolumeClaim(name="data", size="1Gi")
        headless = "sessions"
        sessions = StatefulSet(
            self,
            "sessions",
            name="sessions",
            service_name=headless,
            replicas=1,
            volume_claims=[data],
            security=Security(run_as_user=999, run_as_group=999, fs_group=999, read_only_root_filesystem=True),
            containers=[
                Container(
                    name="redis",
                    image="docker.io/library/redis:8.2.3",
                    args=["--appendonly", "yes", "--dir", "/data"],
                    ports=[6379],
                    volume_mounts=[data.mount("/data")],
                )
            ],
        )
        Service(self, "sessions-service", name=headless, workload=sessions, ports=[6379], headless=True)
