def pytest_addoption(parser):
    parser.addoption("--ddbgen", required=True, help="the program under test")
