int main() {}  // two_machines.cpp speaks before
